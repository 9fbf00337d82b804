/** Which content an organisation's results were judged by last: after an upgrade they are judged again. */
export const sql = `
alter table organisation
  -- The pack's digest; null: not known.
  add column content_digest text;
`;
