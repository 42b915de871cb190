-- A locked account cannot sign in; a suspended farmer signs in, reads why, and sells nothing.
alter table account
  add column locked_at timestamptz,
  add column lock_note text,
  add column suspended_at timestamptz,
  add column suspension_reason text,
  add constraint locked_with_a_note check ((locked_at is null) = (lock_note is null)),
  add constraint suspended_with_a_reason check ((suspended_at is null) = (suspension_reason is null)),
  add constraint only_farmers_are_suspended check (suspended_at is null or (role = 'farmer' and approved));

-- What an admin searches by: how an address or a name begins.
create index account_email_begins on account (email text_pattern_ops);
create index account_name_begins on account (name text_pattern_ops);
create index account_role on account (role, id);
create index account_locked on account (id) where locked_at is not null;
