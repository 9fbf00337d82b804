/** Remediation actions, and jobs whose hand-over is somebody's answer. */
export const sql = `
create table remediation (
  id uuid primary key default gen_random_uuid(),
  org_id uuid not null references organisation (id) on delete cascade,
  device_id uuid not null references device (id) on delete cascade,
  policy_id uuid not null references policy (id) on delete cascade,
  -- The scan it was asked for on; results are partitioned, so no foreign key.
  result_id uuid not null,
  -- The recommendation's number, e.g. 3.3.1, the benchmark it is a number of, and the check behind it.
  recommendation text not null,
  benchmark text not null,
  check_id text not null,
  action text not null check (action in ('apply', 'rollback')),
  -- requested -> approved -> dispatched (the queue has run it; the device may take it) -> running -> completed | failed.
  -- requested -> rejected. requested, approved, dispatched -> cancelled. running -> requested when the device had changed.
  state text not null check (state in
    ('requested', 'approved', 'dispatched', 'running', 'completed', 'failed', 'rejected', 'cancelled')),
  -- A person's id, also behind a token; a token's own id when it is nobody's.
  requested_by text not null,
  reason text,
  decided_by text,
  decided_at timestamptz,
  decision_note text,
  -- What was shown to the approver: a plan as planned (of a roll-back: the plan it undoes), its hash and its text.
  plan jsonb not null,
  plan_hash text not null,
  diff text not null,
  risk text not null,
  -- Of a roll-back: the apply it undoes.
  undoes uuid references remediation (id) on delete cascade,
  -- The journal's id on the device.
  execution_id text,
  before_state jsonb,
  after_state jsonb,
  rollback_hint text,
  -- Why it failed or came back to the approver.
  message text,
  created_at timestamptz not null,
  -- When the device took it first; its time to report runs from there.
  started_at timestamptz,
  claimed_until timestamptz,
  -- When the device reported. Failed without it: it did not report in time.
  executed_at timestamptz
) with (fillfactor = 70);
create index remediation_organisation on remediation (org_id, created_at desc, id);
create unique index remediation_open on remediation (device_id, check_id)
  where state in ('requested', 'approved', 'dispatched', 'running');
create index remediation_done on remediation (device_id, check_id, executed_at desc) where state = 'completed';
create index remediation_undoes on remediation (undoes) where undoes is not null;
create index remediation_running on remediation (started_at) where state = 'running';
call protect_by_organisation('remediation');

-- The relay leaves a job alone until then: whoever made it hands it over itself, and says so when that fails.
alter table outbox add column held_until timestamptz;
`;
