# shellcheck shell=bash
# PostgreSQL as a managed service offers it: TLS and scram only, under a name that only DNS knows.

# Newest of the installed major versions.
database_programs() { printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1; }

start_database() {
  make_database
  start_postgresql
  wait_for 30 PostgreSQL sql postgres -c 'select 1'
  sql postgres -q <<SQL
create role $DATABASE_USER login password '$(cat "$RUN/database-password")';
create database $DATABASE_NAME owner $DATABASE_USER;
SQL
}

start_postgresql() {
  start postgresql setpriv --reuid postgres --regid postgres --init-groups "$(database_programs)/postgres" -D "$RUN/database/data"
}

make_database() {
  local data=$RUN/database/data
  make_password
  mkdir -p "$RUN/database"
  install -m 600 "$RUN/pki/database.key" "$RUN/database/server.key"
  install -m 644 "$RUN/pki/database.crt" "$RUN/pki/ca.crt" "$RUN/database/"
  chown -R postgres: "$RUN/database"
  # The server refuses to run as root, and its folder has to be reachable for the user it runs as.
  chmod 711 "$(dirname "$RUN")" "$RUN"

  as_postgres "$(database_programs)/initdb" -D "$data" -U postgres -E UTF8 --locale=C.UTF-8 --auth=peer --no-sync >"$RUN/log/initdb.log" 2>&1
  cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '$DATABASE_IP'
port = 5432
unix_socket_directories = '$RUN/database'
ssl = on
ssl_cert_file = '$RUN/database/database.crt'
ssl_key_file = '$RUN/database/server.key'
ssl_ca_file = '$RUN/database/ca.crt'
password_encryption = 'scram-sha-256'
# Every pod of the suite may fill its pool of ten.
max_connections = 300
fsync = off
log_connections = on
log_disconnections = on
log_line_prefix = '%m [%p] %q%u@%d from %h '
CONF
  cat >"$data/pg_hba.conf" <<'CONF'
local   all all      peer
hostssl all all all  scram-sha-256
CONF
}

# The password, and the whole connection string for whoever wants to use or to spoil it.
make_password() (
  umask 077
  openssl rand -hex 16 >"$RUN/database-password"
  echo "postgresql://$DATABASE_USER:$(cat "$RUN/database-password")@$DATABASE_HOST:5432/$DATABASE_NAME?sslmode=require" >"$RUN/database-url"
)

as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

# sql DATABASE ARGUMENT…: as the superuser, over the local socket.
sql() { as_postgres "$(database_programs)/psql" -X -h "$RUN/database" -U postgres -v ON_ERROR_STOP=1 -d "$@"; }
