-- One row per order. It may begin with any event: a reservation, the order itself, or its cancellation (a tombstone).
create table payments (
  order_id     uuid primary key,
  payment_id   uuid not null,
  state        text not null check (state in (
    'waiting', 'pending', 'charging', 'captured', 'declined', 'refunding', 'refunded', 'cancelled')),
  account_id   uuid,
  -- Own copy of the order's total, whole KRW.
  amount_krw   bigint,
  -- Kept only while it may still be needed to ask the provider.
  token        text,
  reserved     boolean not null default false,
  closed       boolean not null default false,
  payment_key  text,
  captured_krw bigint,
  captured_at  timestamptz,
  refunded_at  timestamptz,
  code         text,
  message      text,
  -- Of the event that last moved this payment: the provider's call and its consequences go on under it.
  trace_parent text,
  attempts     int not null default 0,
  -- When a worker may take it: now for new work, the lease's end while a call runs, later after a failure.
  due_at       timestamptz,
  updated_at   timestamptz not null default now(),
  constraint work_is_due check ((due_at is not null) = (state in ('pending', 'charging', 'refunding'))),
  constraint charges_know_what check (state not in ('pending', 'charging') or (token is not null and amount_krw > 0)),
  constraint refunds_know_what check (state not in ('captured', 'refunding', 'refunded') or payment_key is not null)
);

create index payments_due on payments (due_at) where due_at is not null;
