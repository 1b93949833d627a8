#!/bin/sh
# One role and one database for each service: a role owns the database of its name and can connect to no other.
# In: psql's usual variables for the superuser, and a password for each service (ONBOARDING_PASSWORD, …). May run any number of times.
set -eu

for service in onboarding export procurement reporting; do
    name="$(echo "$service" | tr '[:lower:]' '[:upper:]')_PASSWORD"
    eval "DATABASE_PASSWORD=\${$name:?$name is not set}"
    export DATABASE_PASSWORD
    psql --no-psqlrc --quiet --dbname=postgres --set=ON_ERROR_STOP=1 --set=service="$service" <<'SQL'
\getenv password DATABASE_PASSWORD
set client_min_messages = warning;
select format('create role %I', :'service') where not exists (select from pg_roles where rolname = :'service') \gexec
alter role :"service" with login nosuperuser nocreatedb nocreaterole noreplication password :'password';
select format('create database %I owner %I', :'service', :'service') where not exists (select from pg_database where datname = :'service') \gexec
revoke all on database :"service", postgres, template1 from public;
SQL
done
