-- What a service holds in quarantine, by publisher, stream and reason.
select publisher, stream, reason, count(*) as records,
  to_char(to_timestamp(max(known_ms) / 1000.0) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as newest
from quarantine
group by publisher, stream, reason
order by count(*) desc, publisher, stream, reason
