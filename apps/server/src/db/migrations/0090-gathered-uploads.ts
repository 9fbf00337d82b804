/** What agents ask for most often, for many devices in one statement. */
export const sql = `
create function devices_for_agents(_ids uuid[]) returns table (id uuid, org_id uuid, hostname text, public_key bytea)
language plpgsql stable set role to holdfast_system as $$
begin
  return query select d.id, d.org_id, d.hostname, d.public_key from device d where d.id = any(_ids);
end $$;
revoke execute on function devices_for_agents(uuid[]) from public;
drop function device_for_agent(uuid);

-- Stores scans that found just what the latest result of their device and policy was judged on, each as one narrow row, and
-- returns these, with the order that each closes. Of what differs in anything but the time, and where somebody else holds the
-- device or the policy, at most when the device was seen is stored. The same upload sent again stores nothing more.
-- Arrays of one length; a device is in them once.
create function store_repeated_scans(
  _org uuid, _devices uuid[], _policies uuid[], _results uuid[], _digests bytea[], _content_digests bytea[],
  _platforms jsonb[], _agent_versions text[], _checked_at timestamptz[], _received_at timestamptz[], _work_items uuid[]
) returns table (result uuid, answered uuid)
-- Planning takes longer than the rest; the plan for many is good for one.
language plpgsql set role to holdfast_app set plan_cache_mode to force_generic_plan as $$
#variable_conflict use_column
declare
  _free uuid[];
  _standing uuid[];
begin
  perform set_config('app.org_id', _org::text, true);
  -- The uploads of a device are stored one after the other, and no policy is deleted meanwhile. Nobody is waited for: one
  -- device does not hold up the others, and no two of these can wait for each other.
  _free := array(
    select d.id from device d where d.org_id = _org and d.id = any(_devices) for no key update skip locked);
  _standing := array(
    select p.id from policy p where p.org_id = _org and p.id = any(_policies) for key share skip locked);
  return query
  with upload as (
    select u.* from unnest(_devices, _policies, _results, _digests, _content_digests, _platforms, _agent_versions,
        _checked_at, _received_at, _work_items)
      as u (device, policy, result, digest, content_digest, platform, agent_version, checked_at, received_at, work_item)
    where u.device = any(_free)
  ), seen as (
    update device d set last_seen_at = u.received_at from upload u
      where d.org_id = _org and d.id = u.device and d.platform = u.platform and d.agent_version = u.agent_version
      returning d.id
  ), known as (
    select u.device, u.policy, u.result, u.checked_at, u.received_at, u.work_item, l.judgement_id, l.result_id as latest
      from upload u
      join seen on seen.id = u.device
      join latest_result l on l.org_id = _org and l.device_id = u.device and l.policy_id = u.policy
        and l.checked_at <= u.checked_at
      join judgement j on j.id = l.judgement_id and j.content_digest = u.content_digest
      join fact_set f on f.id = j.fact_set_id and f.digest = u.digest
      join policy p on p.id = u.policy and p.revision = j.policy_revision
      where u.policy = any(_standing)
  ), added as (
    insert into scan_result (id, org_id, device_id, policy_id, judgement_id, checked_at, received_at)
      select k.result, _org, k.device, k.policy, k.judgement_id, k.checked_at, k.received_at
        from known k where k.result <> k.latest
      on conflict do nothing
      returning id
  ), fresh as (
    select k.* from known k join added on added.id = k.result
  ), closed as (
    delete from work_item w using fresh k
      where w.org_id = _org and w.device_id = k.device and w.policy_id = k.policy
        and (w.id = k.work_item or w.created_at <= k.checked_at)
      returning w.id, w.device_id
  ), moved as (
    update latest_result l set result_id = k.result, checked_at = k.checked_at, received_at = k.received_at from fresh k
      where l.org_id = _org and l.device_id = k.device and l.policy_id = k.policy
  ), noted as (
    insert into scan_day (org_id, policy_id, day)
      select distinct _org, k.policy, (k.checked_at at time zone 'UTC')::date from fresh k
      on conflict do nothing
  )
  select k.result, closed.id from known k left join closed on closed.device_id = k.device;
end $$;
drop function store_repeated_scan(
  uuid, uuid, uuid, uuid, bytea, bytea, jsonb, text, timestamptz, timestamptz, uuid);

-- Checked for each upload, and of no use: they belong to a device or a policy, which belongs to an organisation.
alter table fact_set drop constraint fact_set_org_id_fkey;
alter table judgement drop constraint judgement_org_id_fkey;
alter table result_day drop constraint result_day_org_id_fkey;
`;
