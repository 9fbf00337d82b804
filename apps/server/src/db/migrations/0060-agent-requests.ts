/** What agents ask for most often, in one statement each: the way there and back costs more than the work. */
export const sql = `
-- Who may have signed a request, in whatever organisation: which one is not known yet.
create function device_for_agent(_id uuid) returns table (id uuid, org_id uuid, hostname text, public_key bytea)
language sql stable set role to holdfast_system as $$
  select d.id, d.org_id, d.hostname, d.public_key from device d where d.id = _id
$$;

-- Stores a scan that found just what the latest result of its device and policy was judged on: one narrow row. False when
-- anything else than the time differs; nothing but when the device was seen is stored then. The same upload sent again stores
-- nothing more. answered: the order it closes.
create function store_repeated_scan(
  _org uuid, _device uuid, _policy uuid, _result uuid, _digest bytea, _content_digest bytea, _platform jsonb,
  _agent_version text, _checked_at timestamptz, _received_at timestamptz, _work_item uuid,
  out stored boolean, out answered uuid
) language plpgsql set role to holdfast_app as $$
declare
  _judgement bigint;
  _latest uuid;
begin
  stored := false;
  perform set_config('app.org_id', _org::text, true);
  -- Also locks it: the uploads of a device are stored one after the other.
  update device set last_seen_at = _received_at
    where org_id = _org and id = _device and platform = _platform and agent_version = _agent_version;
  if not found then return; end if;
  select l.judgement_id, l.result_id into _judgement, _latest
    from latest_result l
    join judgement j on j.id = l.judgement_id
    join fact_set f on f.id = j.fact_set_id
    join policy p on p.id = l.policy_id and p.revision = j.policy_revision
    where l.org_id = _org and l.device_id = _device and l.policy_id = _policy and l.checked_at <= _checked_at
      and f.digest = _digest and j.content_digest = _content_digest;
  if not found then return; end if;
  stored := true;
  if _latest = _result then return; end if;
  insert into scan_result (id, org_id, device_id, policy_id, judgement_id, checked_at, received_at)
    values (_result, _org, _device, _policy, _judgement, _checked_at, _received_at)
    on conflict do nothing;
  if not found then return; end if;
  -- In the order in which a policy that is deleted takes its rows along: whichever comes second waits.
  delete from work_item where org_id = _org and device_id = _device and policy_id = _policy
    and (id = _work_item or created_at <= _checked_at) returning id into answered;
  update latest_result set result_id = _result, checked_at = _checked_at, received_at = _received_at
    where org_id = _org and device_id = _device and policy_id = _policy and judgement_id = _judgement;
  if not found then raise exception 'the policy was deleted meanwhile' using errcode = 'serialization_failure'; end if;
  insert into scan_day (org_id, policy_id, day) values (_org, _policy, (_checked_at at time zone 'UTC')::date)
    on conflict do nothing;
end $$;

-- Checked for each scan, and of no use: a scan belongs to a device, which belongs to an organisation.
alter table scan_result drop constraint scan_result_org_id_fkey;
`;
