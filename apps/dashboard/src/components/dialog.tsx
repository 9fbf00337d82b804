import { type ReactNode, useEffect, useId, useRef } from "react";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal dialog: the browser's own, so that focus stays inside, Escape closes it and focus goes back. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      className="card m-auto w-full max-w-lg p-6 text-ink backdrop:bg-black/50"
    >
      <h2 id={titleId} className="text-lg font-bold">
        {title}
      </h2>
      {children}
    </dialog>
  );
}

interface DialogButtonsProps {
  readonly label: string;
  readonly pending: boolean;
  readonly error: Error | null;
  readonly onCancel: () => void;
}

/** What went wrong, if anything did, over the two buttons every dialog's form ends with. */
export function DialogButtons({ label, pending, error, onCancel }: DialogButtonsProps) {
  return (
    <>
      {error && (
        <p role="alert" className="mt-4 rounded-md bg-bad-soft p-3 text-bad">
          {error.message}
        </p>
      )}
      <div className="mt-6 flex justify-end gap-3">
        <button type="button" className="button button-quiet" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button" disabled={pending}>
          {label}
        </button>
      </div>
    </>
  );
}
