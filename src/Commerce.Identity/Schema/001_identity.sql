create table account (
  id            uuid primary key,
  -- As normalised by EmailAddress: lower case, so the index is what makes addresses unique without regard to case.
  email         text not null,
  name          text not null,
  role          text not null check (role in ('shopper', 'farmer', 'admin')),
  password_hash text not null,
  -- Farmers wait for an admin; everyone else is approved at once.
  approved      boolean not null,
  farm_name     text,
  region        text,
  created_at    timestamptz not null default now(),
  check ((role = 'farmer') = (farm_name is not null and region is not null)),
  check (approved or role = 'farmer')
);

create unique index account_email on account (email);
create index account_farmers on account (approved, created_at desc) where role = 'farmer';

create table address (
  id          uuid primary key,
  account_id  uuid not null references account on delete cascade,
  label       text not null,
  recipient   text not null,
  phone       text not null,
  postal_code text not null,
  line1       text not null,
  line2       text,
  created_at  timestamptz not null default now()
);

create index address_account on address (account_id, created_at);

-- One row per sign-in. Every refresh replaces token_hash; any other secret under the same id is an old one, so the row is
-- the whole family.
create table session (
  id         uuid primary key,
  account_id uuid not null references account on delete cascade,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);

create index session_expires on session (expires_at);
create index session_account on session (account_id);

-- Wrong passwords by SHA-256 of e-mail and caller's address, known or not: neither stands here in clear.
create table sign_in_failure (
  key      bytea primary key,
  failures int not null,
  first_at timestamptz not null
);

-- Replicas share these. The newest signs once it is old enough to be known; older ones only verify.
create table signing_key (
  id          text primary key,
  x           bytea not null,
  y           bytea not null,
  -- PKCS#8, sealed with AES-256-GCM when SigningKeys:EncryptionKey is set.
  private_key bytea not null,
  sealed      boolean not null,
  created_at  timestamptz not null default clock_timestamp()
);
