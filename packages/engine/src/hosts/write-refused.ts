/** A write the host will not do because it could end up somewhere else, e.g. through a symbolic link. Nothing was changed. */
export class WriteRefusedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "WriteRefusedError";
  }
}
