/** What a site chooses in its policies. */
export const sql = `
alter table policy
  -- Values by parameter id; the content's defaults count for the rest.
  add column parameters jsonb not null default '{}';

alter table judgement
  -- The policy's values when it was judged, so that its evidence stays what it was; null: none.
  add column parameters jsonb;
`;
