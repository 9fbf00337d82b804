/** What nearly every text is made of, and quick to tell. */
const plain = /^[ -~]*$/;
/** Control characters, and those that turn the direction of what follows. */
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text from a machine as it may go to a terminal or a page: a file's name can hold escape sequences, and none of them
 * is to act there. Tabs become blanks, the rest `\xNN` or `\uNNNN`.
 */
export function printable(text: string): string {
  if (plain.test(text)) return text;
  return text.replaceAll(unprintable, (character) => {
    if (character === "\t") return " ";
    const digits = character.charCodeAt(0).toString(16);
    return digits.length > 2 ? `\\u${digits}` : `\\x${digits.padStart(2, "0")}`;
  });
}
