-- A topic that was deleted and made anew has the old name and another id. Where it has grown past our position nothing else tells them
-- apart, and the first records of the new one would be passed over in silence.
create table topic(topic text collate "C" primary key, id text not null);
