/** What administration shows of tokens, what the audit log says of requests, and failed sign-ins. */
export const sql = `
alter table api_token
  -- A person's id; null: of the first run, or made before this was kept.
  add column created_by text,
  -- To the minute.
  add column last_used_at timestamptz;
create index api_token_organisation on api_token (org_id, created_at desc, id);
create index api_token_user on api_token (user_id);

alter table enrolment_token add column uses integer;
update enrolment_token set uses = uses_left;
alter table enrolment_token alter column uses set not null;
create index enrolment_token_organisation on enrolment_token (org_id, created_at desc, id);

create index membership_organisation on membership (org_id);
create index session_user_account on session (user_id);

-- Null in what was written before they were kept; the hash covers them where they are there.
alter table audit_event
  add column request_id text,
  add column actor_user_id text;

-- Failures in a row of one address, whether it has an account or not: the answers must not tell.
create table sign_in_failure (
  -- SHA-256 of the address in lower case.
  address_hash bytea primary key,
  failures integer not null,
  last_failed_at timestamptz not null,
  locked_until timestamptz
);
create index sign_in_failure_age on sign_in_failure (last_failed_at);
alter table sign_in_failure enable row level security;
alter table sign_in_failure force row level security;
create policy every_organisation on sign_in_failure to holdfast_system using (true) with check (true);
grant select, insert, update, delete on sign_in_failure to holdfast_system;
`;
