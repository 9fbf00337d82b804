/** Orders recommendation numbers and versions as people do: 1.2 before 1.10. */
export const byNumber = new Intl.Collator("en", { numeric: true }).compare;
