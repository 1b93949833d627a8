-- What a service holds in quarantine, by publisher, stream and reason; `replayable` are those whose bytes were kept.
select publisher, stream, reason, count(*) as records, count(headers) as replayable,
  to_char(to_timestamp(max(known_ms) / 1000.0) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as newest
from quarantine
group by publisher, stream, reason
order by count(*) desc, publisher, stream, reason
