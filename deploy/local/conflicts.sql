-- Records whose content is another than what was said under the same version, by publisher, stream and fact.
select publisher, stream, fact, count(*) as records from conflict group by publisher, stream, fact order by count(*) desc, 1, 2, 3
