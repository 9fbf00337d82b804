/** Who sends a request and where they act, in one statement each, whose plans connections keep. */
export const sql = `
create or replace function device_for_agent(_id uuid)
  returns table (id uuid, org_id uuid, hostname text, public_key bytea)
language plpgsql stable set role to holdfast_system as $$
begin
  return query select d.id, d.org_id, d.hostname, d.public_key from device d where d.id = _id;
end $$;

-- The API token with a hash, unless it has ended.
create function api_token_by_hash(_hash bytea, _now timestamptz)
  returns table (id uuid, name text, org_id uuid, user_id uuid, permissions text[], all_organisations boolean,
    expires_at timestamptz, last_used_at timestamptz, administrator boolean)
language plpgsql stable set role to holdfast_system as $$
begin
  return query select t.id, t.name, t.org_id, t.user_id, t.permissions, t.all_organisations, t.expires_at,
      t.last_used_at, coalesce(u.administrator, false)
    from api_token t left join user_account u on u.id = t.user_id
    where t.token_hash = _hash and (t.expires_at is null or t.expires_at > _now);
end $$;

-- The account of a session that has not ended.
create function account_of_session(_session uuid, _now timestamptz)
  returns table (id uuid, email text, name text, administrator boolean)
language plpgsql stable set role to holdfast_system as $$
begin
  return query select u.id, u.email, u.name, u.administrator
    from session s join user_account u on u.id = s.user_id
    where s.id = _session and s.expires_at > _now;
end $$;

-- The organisation asked for, or without one the account's first; with the account's permissions in it, null for an
-- administrator who is no member. Nothing for others who are none.
create function organisation_for(_account uuid, _administrator boolean, _org uuid)
  returns table (id uuid, name text, permissions text[])
language plpgsql stable set role to holdfast_system as $$
begin
  if _org is not null then
    return query select o.id, o.name, m.permissions
      from organisation o left join membership m on m.org_id = o.id and m.user_id = _account
      where o.id = _org and (_administrator or m.user_id is not null);
  else
    return query select o.id, o.name, m.permissions
      from organisation o left join membership m on m.org_id = o.id and m.user_id = _account
      where _administrator or m.user_id is not null
      order by o.created_at, o.id limit 1;
  end if;
end $$;

-- The organisation that has a row; null when there is none.
create function organisation_of(_table text, _id uuid) returns uuid
language plpgsql stable set role to holdfast_system as $$
begin
  return case _table
    when 'device' then (select org_id from device where id = _id)
    when 'policy' then (select org_id from policy where id = _id)
    when 'remediation' then (select org_id from remediation where id = _id)
    when 'enrolment_token' then (select org_id from enrolment_token where id = _id)
    when 'api_token' then (select org_id from api_token where id = _id)
  end;
end $$;

-- They look across organisations: not for who works in one.
revoke execute on function device_for_agent(uuid), api_token_by_hash(bytea, timestamptz),
  account_of_session(uuid, timestamptz), organisation_for(uuid, boolean, uuid), organisation_of(text, uuid) from public;
grant execute on function organisation_for(uuid, boolean, uuid) to holdfast_system;
`;
