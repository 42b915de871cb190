-- Every word of the market once, as one types it. A search that finds nothing looks here for the word that was meant: a few
-- thousand words instead of a million fruits, and nothing to keep beside each fruit.
create extension if not exists pg_trgm;

-- The keys of a Korean keyboard: 샤인 → tidls, ㅅ → t; Latin letters and digits are their own. One wrong letter of a syllable is
-- one wrong key here, where it would be a whole different syllable otherwise; and the result is plain ASCII, which pg_trgm
-- takes under every locale. Shifted keys are the plain ones, so that 딸기 and 달기 are the same.
create function keystrokes(word text) returns text
  language sql immutable parallel safe
  return (
    select coalesce(string_agg(case
      when at between 44032 and 55203 then
        split_part('r,r,s,e,e,f,a,q,q,t,t,d,w,w,c,z,x,v,g', ',', (at - 44032) / 588 + 1)
        || split_part('k,o,i,o,j,p,u,p,h,hk,ho,hl,y,n,nj,np,nl,b,m,ml,l', ',', (at - 44032) % 588 / 28 + 1)
        || split_part(',r,r,rt,s,sw,sg,e,f,fr,fa,fq,ft,fx,fv,fg,a,q,qt,t,t,d,w,c,z,x,v,g', ',', (at - 44032) % 28 + 1)
      when at between 12593 and 12643 then
        split_part('r,r,rt,s,sw,sg,e,e,f,fr,fa,fq,ft,fx,fv,fg,a,q,q,qt,t,t,d,w,w,c,z,x,v,g,'
          || 'k,o,i,o,j,p,u,p,h,hk,ho,hl,y,n,nj,np,nl,b,m,ml,l', ',', at - 12592)
      when at between 48 and 57 or at between 97 and 122 then letter
    end, '' order by place), '')
    from regexp_split_to_table(lower(word), '') with ordinality l(letter, place), lateral (select ascii(letter)) a(at)
  );

-- What each syllable begins with: 사과 → ㅅㄱ.
create function initials(word text) returns text
  language sql immutable parallel safe
  return (
    select coalesce(string_agg(substr('ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ', (at - 44032) / 588 + 1, 1), '' order by place), '')
    from regexp_split_to_table(word, '') with ordinality l(letter, place), lateral (select ascii(letter)) a(at)
    where at between 44032 and 55203
  );

create table search_words (
  word text primary key,
  keys text not null generated always as (keystrokes(word)) stored,
  initials text collate "C" not null generated always as (initials(word)) stored
);
create index on search_words using gin (keys gin_trgm_ops);
create index on search_words (initials);

-- Words stay when their last fruit goes: whoever offers one asks first whether a fruit has it.
create function remember_words() returns trigger language plpgsql as $$
declare
  fresh text[] := array(
    select distinct w.word from listed, regexp_split_to_table(listed.search_text, '[\s[:punct:]]+') w(word)
    where w.word <> '' and not exists (select from search_words known where known.word = w.word)
  );
begin
  if cardinality(fresh) > 0 then
    -- In turns: two that bring the same words in different order would wait for each other.
    perform pg_advisory_xact_lock(hashtextextended('search_words', 0));
    insert into search_words (word) select unnest(fresh) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger listed_words after insert on fruits
  referencing new table as listed for each statement execute function remember_words();
create trigger changed_words after update on fruits
  referencing new table as listed for each statement execute function remember_words();

insert into search_words (word)
select distinct w.word from fruits, regexp_split_to_table(search_text, '[\s[:punct:]]+') w(word)
where w.word <> '';

-- Words that resemble, or hold something that resembles, what was typed; the nearest first.
create function near_words(typed text) returns table (word text, keys text)
  language sql stable parallel safe set pg_trgm.word_similarity_threshold = 0.3
  as $$
    select w.word, w.keys from search_words w where keystrokes(typed) <% w.keys
    order by keystrokes(typed) <<-> w.keys, w.word limit 60
  $$;
