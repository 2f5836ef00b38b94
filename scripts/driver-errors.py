#!/usr/bin/env python3
"""Provokes every failure of a PostgreSQL connection that can be provoked, with the real drivers, and writes down what they say.

    python3 scripts/driver-errors.py --python VENV/bin/python [--python OTHER/bin/python] --out test/fixtures/words

Needs initdb and postgres (PostgreSQL 14 or newer), openssl, and pgbouncer where its words are wanted. Each --python is an
interpreter of a virtual environment with some of: psycopg2-binary, psycopg[binary], psycopg_pool, asyncpg, pg8000, SQLAlchemy,
greenlet; and of the loggers uvicorn, gunicorn, structlog, loguru, python-json-logger, alembic. What is not installed is left out.

Everything listens on loopback, as a user who is not root, in a directory that is removed; every process is ended by its id.
Errors go to driver-errors.json (one row each: driver, version, situation, text, SQLSTATE), logs to driver-logs.json. Ports, paths
and times are written as fixed values, so that a new version of a driver shows in the difference.
"""

import argparse
import asyncio
import contextlib
import gc
import importlib.metadata
import io
import json
import logging
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

PASSWORD = "correct-horse"

# --- the servers -----------------------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Servers:
    """PostgreSQL with TLS and without, PgBouncer, and what else may stand at a port."""

    def __init__(self, bindir):
        self.bindir = bindir
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="words-"))
        self.processes = []
        self.sockets = []
        self.user = None
        if os.getuid() == 0:
            for name in ("postgres", "nobody"):
                with contextlib.suppress(KeyError):
                    self.user = pwd.getpwnam(name)
                    break
            os.chown(self.dir, self.user.pw_uid, self.user.pw_gid)
        self.dir.chmod(0o755)

    def _as_user(self):
        if self.user is not None:
            os.setgid(self.user.pw_gid)
            os.setuid(self.user.pw_uid)

    def run(self, *argv, **more):
        return subprocess.run(argv, check=True, capture_output=True, preexec_fn=self._as_user, cwd=self.dir, **more)

    def start(self, *argv):
        log = open(self.dir / f"{len(self.processes)}.log", "wb")
        process = subprocess.Popen(argv, stdout=log, stderr=log, preexec_fn=self._as_user, cwd=self.dir)
        self.processes.append(process)
        return process

    def stop(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGINT)
        for process in self.processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            if process.poll() is None:
                process.kill()
        for each in self.sockets:
            each.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def certificates(self):
        def openssl(*argv):
            self.run("openssl", *argv)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=words CA", "-keyout", "ca.key", "-out", "ca.crt")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=other CA", "-keyout", "other.key", "-out", "other.crt")
        (self.dir / "san").write_text("subjectAltName=DNS:localhost\n")
        for name, dates in (("server", ["-days", "30"]), ("expired", ["-days", "-1"])):
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", f"{name}.key", "-out", f"{name}.csr")
            openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "san", "-out", f"{name}.crt", *dates)
            os.chmod(self.dir / f"{name}.key", 0o600)

    def postgres(self, name, port, tls, most):
        data = self.dir / name
        self.run(str(self.bindir / "initdb"), "-D", str(data), "-U", "admin", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        rules = [
            "local all all trust",
            "host all admin 127.0.0.1/32 trust",
            "host refused all 127.0.0.1/32 reject",
            "hostssl tlsonly all 127.0.0.1/32 scram-sha-256",
            "host tlsonly all 127.0.0.1/32 reject" if tls else "",
            "hostssl nobodys nobody 127.0.0.1/32 trust",
            "host todo,todos,limited,closed,postgres all 127.0.0.1/32 scram-sha-256",
        ]
        (data / "pg_hba.conf").write_text("\n".join(rules) + "\n")
        settings = {
            "listen_addresses": "'127.0.0.1'",
            "port": port,
            "unix_socket_directories": f"'{self.dir}'",
            "max_connections": most,
            "fsync": "off",
            "password_encryption": "'scram-sha-256'",
            "log_min_messages": "fatal",
        }
        if tls:
            settings |= {"ssl": "on", "ssl_cert_file": f"'{self.dir}/{tls}.crt'", "ssl_key_file": f"'{self.dir}/{tls}.key'"}
        with open(data / "postgresql.conf", "a") as conf:
            conf.writelines(f"{key} = {value}\n" for key, value in settings.items())
        self.start(str(self.bindir / "postgres"), "-D", str(data))
        self.wait(port)

    def wait(self, port):
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.1)
        raise SystemExit(f"nothing listens at {port}: {(self.dir / '0.log').read_text()[-2000:]}")

    def bouncer(self, port, server):
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        if not os.path.exists(program):
            return False
        (self.dir / "users.txt").write_text(f'"todo" "{PASSWORD}"\n"other" "{PASSWORD}"\n')
        (self.dir / "bouncer.ini").write_text(
            f"""[databases]
todo = host=127.0.0.1 port={server} dbname=todo
one = host=127.0.0.1 port={server} dbname=todo pool_size=1
down = host=127.0.0.1 port=1 dbname=todo
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = plain
auth_file = {self.dir}/users.txt
pool_mode = transaction
max_client_conn = 4
query_wait_timeout = 2
server_login_retry = 1
default_pool_size = 2
"""
        )
        self.start(program, str(self.dir / "bouncer.ini"))
        self.wait(port)
        return True

    def listen(self, serve, backlog=8):
        """A socket, and a thread that does with each connection what it is told."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)
        self.sockets.append(listener)

        def run():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        if serve is not None:
            threading.Thread(target=run, daemon=True).start()
        return listener.getsockname()[1]

    def deaf(self):
        """A port whose queue is full: nobody answers a SYN."""
        port = self.listen(None, 0)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(("127.0.0.1", port))
            self.sockets.append(filler)
        return port


def scripted(words, state):
    """A server that answers a login with these words: a proxy's, which cannot be had on loopback."""

    def serve(connection):
        with contextlib.suppress(OSError), connection:
            while True:
                head = connection.recv(8)
                if len(head) < 8:
                    return
                length, code = struct.unpack("!ii", head)
                if code in (80877103, 80877104):
                    connection.sendall(b"N")
                    continue
                connection.recv(length - 8)
                fields = [b"SERROR", b"VERROR", b"C" + state.encode(), b"M" + words.encode()]
                body = b"\0".join(fields) + b"\0\0"
                connection.sendall(b"E" + struct.pack("!i", len(body) + 4) + body)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(64)
                return

    return serve


def answers(data):
    def serve(connection):
        with contextlib.suppress(OSError), connection:
            connection.recv(1024)
            connection.sendall(data)

    return serve


def silent(connection):
    with contextlib.suppress(OSError):
        connection.recv(1024)
        time.sleep(60)


def resets(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# What proxies say before a server is reached. Their own documentation and source have the words; the drivers show how they arrive.
PROXIES = {
    "neon-sni": ("Endpoint ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support or pass the endpoint ID (first part of the domain name) as a parameter: '?options=endpoint%3D<endpoint-id>'. See more at https://neon.tech/sni", "08P01", "db/sni-missing"),
    "neon-sni-older": ("Project ID is not specified. Either please upgrade the postgres client library (libpq) for SNI support or pass the project ID (first part of the domain name) as a parameter: '&options=project%3D<project-id>'.", "08P01", "db/sni-missing"),
    "neon-disabled": ("The endpoint has been disabled. Enable it using Neon API and retry.", "XX000", "db/endpoint-disabled"),
    "neon-disabled-older": ("endpoint is disabled. Enable it using Neon API and retry.", "XX000", "db/endpoint-disabled"),
    "neon-not-found": ("The requested endpoint could not be found, or you don't have access to it. Please check the provided ID and try again.", "XX000", "db/endpoint-not-found"),
    "neon-not-found-older": ("endpoint cannot be found", "XX000", "db/endpoint-not-found"),
    "neon-compute-quota": ("Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.", "53400", "db/quota-exceeded"),
    "neon-transfer-quota": ("Your project has exceeded the data transfer quota. Upgrade your plan to increase limits.", "53400", "db/quota-exceeded"),
    "neon-quotas-older": ("Couldn't start the compute node. Check your quotas.", "XX000", "db/quota-exceeded"),
    "neon-ip": ("This IP address 203.0.113.9 is not allowed to connect to this endpoint.", "XX000", "db/ip-not-allowed"),
    "neon-waking": ("Couldn't connect to compute node", "58000", "db/waking"),
    "neon-insecure": ("connection is insecure (try using `sslmode=require`)", "XX000", "db/tls-required"),
    "neon-parameter": ("unsupported startup parameter in options: search_path", "08P01", "db/pooler-incompatible"),
    "neon-attempts": ("Failed to acquire permit to connect to the database. Too many database connection attempts are currently ongoing.", "53300", "db/too-many-connections"),
    "neon-console": ("Control plane request failed", "XX000", "db/other"),
    "supabase-tenant": ("Tenant or user not found", "XX000", "db/authentication-failed"),
    "supabase-max": ("MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size", "XX000", "db/too-many-connections"),
    "starting-up": ("the database system is starting up", "57P03", "db/waking"),
    "recovery": ("the database system is not yet accepting connections", "57P03", "db/waking"),
    "shutting-down": ("the database system is shutting down", "57P03", "db/connection-dropped"),
    "new-words": ("the flux capacitor is out of alignment", "XX099", "db/other"),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], help="interpreter of a virtual environment")
    parser.add_argument("--bindir", type=pathlib.Path, help="directory of initdb and postgres")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="directory of the two files")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(json.loads(options.child))
    program = shutil.which("postgres") or "/usr/lib/postgresql/15/bin/postgres"
    bindir = options.bindir or pathlib.Path(os.path.realpath(program)).parent
    servers = Servers(bindir)
    try:
        rows, logs = provoke(servers, options.python or [sys.executable])
    finally:
        servers.stop()
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "driver-errors.json", rows)
    write(options.out / "driver-logs.json", logs)
    print(f"{len(rows)} errors, {len(logs)} log records, {sum(len(row['lines']) for row in logs)} lines")


def write(path, rows):
    path.write_text("[\n" + ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n")


def provoke(servers, pythons):
    servers.certificates()
    ports = {name: free_port() for name in ("tls", "plain", "expired", "bouncer", "closed")}
    servers.postgres("with-tls", ports["tls"], "server", 100)
    servers.postgres("without-tls", ports["plain"], None, 100)
    servers.postgres("with-expired", ports["expired"], "expired", 100)
    # The bouncer needs a server that takes plain text; the one without TLS does.
    setup(servers, ports)
    bouncer = servers.bouncer(ports["bouncer"], ports["plain"])
    ports |= {
        "deaf": servers.deaf(),
        "silent": servers.listen(silent),
        "resets": servers.listen(resets),
        "closes": servers.listen(answers(b"")),
        "http": servers.listen(answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
    }
    for name, (words, state, _) in PROXIES.items():
        ports[name] = servers.listen(scripted(words, state))
    plan = {"ports": ports, "dir": str(servers.dir), "bouncer": bouncer}
    rows, logs = [], []
    for number, python in enumerate(pythons):
        plan["loggers"] = number == 0
        argv = [python, __file__, "--out", "x", "--child", json.dumps(plan)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=1200, cwd=servers.dir, env=os.environ | {"HOME": str(servers.dir)})
        if done.returncode != 0:
            raise SystemExit(done.stderr[-4000:])
        found = json.loads(done.stdout.splitlines()[-1])
        sys.stderr.write(done.stderr[-3000:])
        known = {(row["driver"], row["version"], row["situation"]) for row in rows}
        rows += [row for row in found["rows"] if (row["driver"], row["version"], row["situation"]) not in known]
        logs += found["logs"]
    return rows, logs


def setup(servers, ports):
    statements = f"""
        create role todo login password '{PASSWORD}';
        create role other login password '{PASSWORD}';
        create role nologin password '{PASSWORD}';
        create role single login password '{PASSWORD}' connection limit 0;
        create database todo owner todo;
        create database tlsonly owner todo;
        create database refused owner todo;
        create database limited owner todo connection limit 0;
        create database closed owner todo allow_connections false;
    """
    tables = "create table tasks (id int primary key, title varchar(10) not null); insert into tasks values (1, 'one'); alter table tasks owner to todo; create table secrets (id int);"
    for name, port in (("tls", ports["tls"]), ("plain", ports["plain"]), ("expired", ports["expired"])):
        for database, text in (("postgres", statements), ("todo", tables)):
            for statement in filter(str.strip, text.split(";")):
                query(servers, port, database, statement)


def query(servers, port, database, statement):
    """One statement as the superuser, by the protocol itself: no client program is needed."""
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        body = b"user\0admin\0database\0" + database.encode() + b"\0\0"
        connection.sendall(struct.pack("!ii", len(body) + 8, 196608) + body)
        stream = connection.makefile("rb")

        def until_ready():
            while True:
                kind, length = struct.unpack("!ci", stream.read(5))
                data = stream.read(length - 4)
                if kind == b"E":
                    raise SystemExit(f"{statement}: {data!r}")
                if kind == b"Z":
                    return

        until_ready()
        text = statement.strip().encode() + b"\0"
        connection.sendall(b"Q" + struct.pack("!i", len(text) + 4) + text)
        until_ready()


# --- in each virtual environment: the drivers --------------------------------------------------------------------------------


def version_of(distribution):
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.version(distribution)
    return None


class Drivers:
    """Every driver that is installed, as functions (url parts) -> nothing, which raise what the driver raises."""

    def __init__(self):
        self.all = {}
        if version_of("psycopg2-binary"):
            self.all["psycopg2"] = (version_of("psycopg2-binary"), self.psycopg2)
        if version_of("psycopg"):
            self.all["psycopg"] = (version_of("psycopg"), self.psycopg)
        if version_of("asyncpg"):
            self.all["asyncpg"] = (version_of("asyncpg"), self.asyncpg)
        if version_of("pg8000"):
            self.all["pg8000"] = (version_of("pg8000"), self.pg8000)
        alchemy = version_of("SQLAlchemy")
        if alchemy:
            for name in list(self.all):
                own = self.all[name][0]
                self.all[f"sqlalchemy+{name}"] = (f"{alchemy} with {name} {own}", self.alchemy(name))

    # `use` is what is done with a connection: a list of statements, run in one transaction.

    @staticmethod
    def psycopg2(url, use):
        import psycopg2

        connection = psycopg2.connect(url)
        try:
            with connection.cursor() as cursor:
                for each in use:
                    cursor.execute(each)
        finally:
            connection.close()

    @staticmethod
    def psycopg(url, use):
        import psycopg

        with psycopg.connect(url) as connection:
            for each in use:
                connection.execute(each)

    @staticmethod
    def asyncpg(url, use):
        import asyncpg

        async def run():
            connection = await asyncpg.connect(url, timeout=3)
            try:
                async with connection.transaction():
                    for each in use:
                        await connection.execute(each)
            finally:
                if not connection.is_closed():
                    await connection.close()

        asyncio.run(run())

    @staticmethod
    def pg8000(url, use):
        import ssl
        import urllib.parse

        import pg8000.dbapi

        parts = urllib.parse.urlsplit(url)
        query = dict(urllib.parse.parse_qsl(parts.query))
        arguments = {"user": parts.username, "host": parts.hostname, "port": parts.port, "password": parts.password, "database": parts.path[1:], "timeout": 3}
        mode = query.pop("sslmode", None)
        root = query.pop("sslrootcert", None)
        query.pop("connect_timeout", None)
        if mode in ("require", "verify-ca", "verify-full"):
            context = ssl.create_default_context(cafile=root)
            context.check_hostname = mode == "verify-full"
            if mode == "require":
                context.verify_mode = ssl.CERT_NONE
            arguments["ssl_context"] = context
        connection = pg8000.dbapi.connect(**arguments, **query)
        try:
            cursor = connection.cursor()
            for each in use:
                cursor.execute(each)
        finally:
            with contextlib.suppress(Exception):
                connection.close()

    @staticmethod
    def alchemy(name):
        def sync(url, use):
            import sqlalchemy

            extra = {}
            if name == "pg8000":
                import ssl

                url = re.sub(r"connect_timeout=\d+&?", "", url).rstrip("?")
                mode = re.search(r"[?&]sslmode=([\w-]+)", url)
                root = re.search(r"[?&]sslrootcert=([^&]+)", url)
                if mode and mode[1] in ("require", "verify-ca", "verify-full"):
                    url = url.split("?")[0]
                    context = ssl.create_default_context(cafile=root and root[1])
                    context.check_hostname = mode[1] == "verify-full"
                    if mode[1] == "require":
                        context.verify_mode = ssl.CERT_NONE
                    extra["ssl_context"] = context
                url = url.replace("?sslmode=disable", "")
                extra["timeout"] = 3
            engine = sqlalchemy.create_engine(url.replace("postgresql://", f"postgresql+{name}://", 1), connect_args=extra)
            with engine.connect() as connection:
                for each in use:
                    connection.exec_driver_sql(each)

        def asynchronous(url, use):
            import sqlalchemy.ext.asyncio

            async def run():
                address = re.sub(r"[?&]connect_timeout=\d+", "", url).replace("postgresql://", "postgresql+asyncpg://", 1)
                address = address.replace("sslmode=", "ssl=") if "sslmode=" in address and "keep" not in address else address
                engine = sqlalchemy.ext.asyncio.create_async_engine(address, connect_args={"timeout": 3})
                try:
                    async with engine.connect() as connection:
                        for each in use:
                            await connection.exec_driver_sql(each)
                finally:
                    await engine.dispose()

            asyncio.run(run())

        return asynchronous if name == "asyncpg" else sync


def situations(ports, directory):
    """name -> (URL, statements, what it means): what every driver is put through."""
    ca = f"{directory}/ca.crt"

    def url(port, user="todo", password=PASSWORD, database="todo", host="127.0.0.1", **query):
        query = {"connect_timeout": "2"} | query
        return f"postgresql://{user}:{password}@{host}:{ports[port]}/{database}?" + "&".join(f"{key}={value}" for key, value in query.items())

    use = {
        "wrong-password": (url("tls", password="wrong"), [], "db/authentication-failed"),
        "no-such-role": (url("tls", user="nobody"), [], "db/authentication-failed"),
        "role-without-login": (url("tls", user="nologin"), [], "db/authentication-failed"),
        "no-such-database": (url("tls", database="todos"), [], "db/database-missing"),
        "database-closed": (url("tls", database="closed"), [], "db/not-accepting"),
        "hba-refuses": (url("tls", database="refused", sslmode="require"), [], "db/ip-not-allowed"),
        "hba-has-no-entry": (url("tls", database="nobodys", sslmode="require"), [], "db/ip-not-allowed db/database-missing"),
        "tls-demanded": (url("tls", database="tlsonly", sslmode="disable"), [], "db/tls-required"),
        "tls-not-offered": (url("plain", sslmode="require"), [], "db/tls-rejected"),
        "tls-untrusted": (url("tls", host="localhost", sslmode="verify-full", sslrootcert=f"{directory}/other.crt"), [], "db/tls-rejected"),
        "tls-other-name": (url("tls", sslmode="verify-full", sslrootcert=ca), [], "db/tls-rejected"),
        "tls-expired": (url("expired", host="localhost", sslmode="verify-full", sslrootcert=ca), [], "db/tls-rejected"),
        "no-root-certificate": (url("tls", sslmode="verify-full", sslrootcert=f"{directory}/none.crt"), [], "db/tls-rejected file"),
        "refused": (url("closed"), [], "db/connection-refused"),
        "no-answer": (url("deaf"), [], "db/timeout"),
        "silent": (url("silent"), [], "db/timeout"),
        "reset": (url("resets"), [], "db/connection-dropped"),
        "closes": (url("closes"), [], "db/connection-dropped"),
        "not-postgres": (url("http", sslmode="require"), [], "any"),
        "no-such-host": (url("tls", host="no-such-host.invalid"), [], "db/dns-wrong-host db/dns-failure"),
        "role-limit": (url("tls", user="single"), [], "db/too-many-connections"),
        "database-limit": (url("tls", database="limited"), [], "db/too-many-connections"),
        "no-such-table": (url("tls"), ["select * from nothing"], "db/schema-missing"),
        "no-such-column": (url("tls"), ["select nothing from tasks"], "db/schema-missing"),
        "no-such-function": (url("tls"), ["select nothing_of_the_kind()"], "db/schema-missing"),
        "no-such-type": (url("tls"), ["select 'x'::vector"], "db/schema-missing"),
        "no-such-schema": (url("tls"), ["create table nowhere.x (id int)"], "db/schema-missing"),
        "not-permitted": (url("tls"), ["select * from secrets"], "db/permission-denied"),
        "duplicate-key": (url("tls"), ["insert into tasks values (1, 'x')"], "statement"),
        "not-null": (url("tls"), ["insert into tasks values (2, null)"], "statement"),
        "too-long": (url("tls"), ["insert into tasks values (3, 'xxxxxxxxxxxxxxxxxxxxxx')"], "statement"),
        "syntax": (url("tls"), ["selec 1"], "statement"),
        "statement-timeout": (url("tls"), ["set statement_timeout = 50", "select pg_sleep(2)"], "db/statement-cancelled"),
        "read-only": (url("tls"), ["set transaction read only", "insert into tasks values (4, 'x')"], "db/read-only"),
        "terminated": (url("tls"), ["select pg_terminate_backend(pg_backend_pid())"], "db/connection-dropped"),
        "unknown-parameter": (url("tls", no_such_parameter="1"), [], "db/driver-mismatch any"),
        "sslmode-none": (url("tls", sslmode="Require"), [], "db/sslmode-invalid any"),
        "port-none": (url("tls").replace(f":{ports['tls']}/", ":abc/"), [], "db/url-malformed any"),
        "bad-percent": (url("tls").replace(PASSWORD, "%zz"), [], "db/url-malformed any"),
    }
    for name, (_, _, means) in PROXIES.items():
        use[name] = (url(name, sslmode="disable"), [], means)
    return use


def idle(servers_ports):
    """What happens to a session that is kept: (driver, situation, function, what it means)."""
    ports = servers_ports
    url = f"postgresql://todo:{PASSWORD}@127.0.0.1:{ports['tls']}/todo"
    found = []

    def say(driver, situation, means):
        def add(function):
            found.append((driver, situation, means, function))
            return function

        return add

    if version_of("psycopg2-binary"):
        import psycopg2
        import psycopg2.pool

        @say("psycopg2", "ended-while-kept", "db/connection-dropped")
        def _():
            keeper, other = psycopg2.connect(url), psycopg2.connect(url)
            other.autocommit = True
            other.cursor().execute("select pg_terminate_backend(%s)", (keeper.info.backend_pid,))
            time.sleep(0.3)
            keeper.cursor().execute("select 1")

        @say("psycopg2", "closed-by-itself", "db/connection-dropped")
        def _():
            connection = psycopg2.connect(url)
            connection.close()
            connection.cursor()

        @say("psycopg2", "aborted", "db/transaction-aborted")
        def _():
            cursor = psycopg2.connect(url).cursor()
            with contextlib.suppress(psycopg2.Error):
                cursor.execute("select 1/0")
            cursor.execute("select 1")

        @say("psycopg2.pool", "exhausted", "db/pool-exhausted")
        def _():
            pool = psycopg2.pool.SimpleConnectionPool(1, 1, url)
            pool.getconn()
            pool.getconn()

        @say("psycopg2", "idle-timeout", "db/connection-dropped")
        def _():
            connection = psycopg2.connect(url, options="-c idle_session_timeout=200")
            connection.autocommit = True
            time.sleep(0.6)
            connection.cursor().execute("select 1")

        @say("psycopg2", "client-key-for-all", "db/tls-rejected file")
        def _():
            psycopg2.connect(f"{url}?sslmode=require&sslcert={os.environ['HOME']}/server.crt&sslkey={os.environ['HOME']}/readable.key")

        @say("psycopg2", "two-hosts", "db/authentication-failed")
        def _():
            psycopg2.connect(f"postgresql://todo:wrong@127.0.0.1:{ports['closed']},127.0.0.1:{ports['tls']}/todo")

    if version_of("psycopg"):
        import psycopg

        @say("psycopg", "ended-while-kept", "db/connection-dropped")
        def _():
            keeper, other = psycopg.connect(url), psycopg.connect(url, autocommit=True)
            other.execute("select pg_terminate_backend(%s)", (keeper.info.backend_pid,))
            time.sleep(0.3)
            keeper.execute("select 1")

        @say("psycopg", "closed-by-itself", "db/connection-dropped")
        def _():
            connection = psycopg.connect(url)
            connection.close()
            connection.execute("select 1")

        @say("psycopg", "aborted", "db/transaction-aborted")
        def _():
            connection = psycopg.connect(url)
            with contextlib.suppress(psycopg.Error):
                connection.execute("select 1/0")
            connection.execute("select 1")

        @say("psycopg", "two-hosts", "db/authentication-failed")
        def _():
            psycopg.connect(f"postgresql://todo:wrong@127.0.0.1:{ports['closed']},127.0.0.1:{ports['tls']}/todo")

        @say("psycopg", "two-hosts-refused", "db/connection-refused")
        def _():
            psycopg.connect(f"postgresql://todo:wrong@127.0.0.1:{ports['closed']},127.0.0.1:{ports['closed']}/todo")

        @say("psycopg", "url-in-alchemy-form", "db/driver-mismatch")
        def _():
            psycopg.connect(url.replace("postgresql:", "postgresql+psycopg:"))

        @say("psycopg", "read-write-wanted", "db/read-only")
        def _():
            psycopg.connect(f"{url}?options=-c%20default_transaction_read_only%3Don&target_session_attrs=read-write")

    if version_of("psycopg-pool") or version_of("psycopg_pool"):
        import psycopg_pool

        @say("psycopg_pool", "exhausted", "db/pool-exhausted")
        def _():
            with psycopg_pool.ConnectionPool(url, min_size=1, max_size=1, timeout=1) as pool:
                with pool.connection():
                    with pool.connection():
                        pass

        @say("psycopg_pool", "never-filled", "db/other db/pool-exhausted")
        def _():
            with psycopg_pool.ConnectionPool(url.replace(f":{ports['tls']}", f":{ports['closed']}"), min_size=1, timeout=1) as pool:
                pool.wait(1)

        @say("psycopg_pool", "closed", "db/other db/connection-dropped")
        def _():
            pool = psycopg_pool.ConnectionPool(url, open=False)
            pool.getconn()

        @say("psycopg_pool", "too-many-wait", "db/pool-exhausted")
        def _():
            with psycopg_pool.ConnectionPool(url, min_size=1, max_size=1, max_waiting=1, timeout=2) as pool:
                with pool.connection():
                    waiting = threading.Thread(target=lambda: contextlib.suppress(Exception).__enter__() or pool.getconn(), daemon=True)
                    threading.excepthook = lambda *_: None
                    waiting.start()
                    time.sleep(0.2)
                    pool.getconn()

    if version_of("asyncpg"):
        import asyncpg

        def asynchronous(function):
            return lambda: asyncio.run(function())

        @say("asyncpg", "ended-while-kept", "db/connection-dropped")
        @asynchronous
        async def _():
            keeper, other = await asyncpg.connect(url), await asyncpg.connect(url)
            await other.execute(f"select pg_terminate_backend({keeper.get_server_pid()})")
            await asyncio.sleep(0.3)
            await keeper.execute("select 1")

        @say("asyncpg", "ended-meanwhile", "db/connection-dropped")
        @asynchronous
        async def _():
            keeper, other = await asyncpg.connect(url), await asyncpg.connect(url)
            task = asyncio.ensure_future(keeper.execute("select pg_sleep(5)"))
            await asyncio.sleep(0.2)
            keeper.terminate()
            await other.close()
            await task

        @say("asyncpg", "closed-by-itself", "db/connection-dropped")
        @asynchronous
        async def _():
            connection = await asyncpg.connect(url)
            await connection.close()
            await connection.execute("select 1")

        @say("asyncpg", "two-at-once", "any")
        @asynchronous
        async def _():
            connection = await asyncpg.connect(url)
            await asyncio.gather(connection.execute("select pg_sleep(1)"), connection.execute("select 1"))

        @say("asyncpg", "two-hosts-refused", "db/connection-refused")
        @asynchronous
        async def _():
            await asyncpg.connect(f"postgresql://todo:x@127.0.0.1:{ports['closed']},127.0.0.1:{ports['closed']}/todo")

        @say("asyncpg", "sslmode-as-argument", "db/driver-mismatch")
        @asynchronous
        async def _():
            await asyncpg.connect(host="127.0.0.1", port=ports["tls"], sslmode="require")

        @say("asyncpg", "application-name-as-argument", "db/driver-mismatch")
        @asynchronous
        async def _():
            await asyncpg.connect(host="127.0.0.1", port=ports["tls"], application_name="todo")

        @say("asyncpg", "url-in-alchemy-form", "db/driver-mismatch")
        @asynchronous
        async def _():
            await asyncpg.connect(url.replace("postgresql:", "postgresql+asyncpg:"))

        @say("asyncpg", "pool-times-out", "db/timeout")
        @asynchronous
        async def _():
            async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
                async with pool.acquire():
                    await pool.acquire(timeout=0.5)

        @say("asyncpg", "create-pool-refused", "db/connection-refused")
        @asynchronous
        async def _():
            await asyncpg.create_pool(f"postgresql://todo:x@127.0.0.1:{ports['closed']}/todo")

    if version_of("pg8000"):
        import pg8000.dbapi

        @say("pg8000", "sslmode-as-argument", "db/driver-mismatch")
        def _():
            pg8000.dbapi.connect(user="todo", host="127.0.0.1", port=ports["tls"], sslmode="require")

        @say("pg8000", "closed-by-itself", "db/connection-dropped")
        def _():
            connection = pg8000.dbapi.connect(user="todo", password=PASSWORD, host="127.0.0.1", port=ports["tls"], database="todo")
            connection.close()
            connection.cursor().execute("select 1")

    if version_of("SQLAlchemy"):
        import sqlalchemy
        import sqlalchemy.exc
        import sqlalchemy.orm

        alchemy = "sqlalchemy"

        @say(alchemy, "postgres-scheme", "db/driver-mismatch")
        def _():
            sqlalchemy.create_engine(url.replace("postgresql:", "postgres:"))

        @say(alchemy, "no-url", "crash/missing-environment")
        def _():
            sqlalchemy.create_engine(None)

        @say(alchemy, "not-a-url", "db/url-malformed")
        def _():
            sqlalchemy.create_engine("psql 'postgresql://todo@db/todo'")

        @say(alchemy, "empty-url", "db/url-malformed")
        def _():
            sqlalchemy.create_engine("")

        @say(alchemy, "port-none", "any")
        def _():
            sqlalchemy.create_engine("postgresql://todo:x@db:port/todo")

        @say(alchemy, "async-engine-with-sync-driver", "db/driver-mismatch")
        def _():
            import sqlalchemy.ext.asyncio

            sqlalchemy.ext.asyncio.create_async_engine(url.replace("postgresql:", "postgresql+psycopg2:"))

        @say(alchemy, "sync-engine-with-async-driver", "db/driver-mismatch")
        def _():
            sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+asyncpg:")).connect()

        @say(alchemy, "pool-exhausted", "db/pool-exhausted")
        def _():
            engine = sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"), pool_size=1, max_overflow=0, pool_timeout=0.5)
            with engine.connect():
                engine.connect()

        @say(alchemy, "sqlite", "db/sqlite")
        def _():
            with sqlalchemy.create_engine("sqlite://").connect() as connection:
                connection.exec_driver_sql("select * from tasks")

        @say(alchemy, "pending-rollback", "db/transaction-aborted")
        def _():
            with sqlalchemy.orm.Session(sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))) as session:
                with contextlib.suppress(sqlalchemy.exc.DBAPIError):
                    session.begin_nested()
                    session.connection().exec_driver_sql("select 1/0")
                session.connection().exec_driver_sql("select 1")

        @say(alchemy, "flush-then-go-on", "db/transaction-aborted")
        def _():
            class Base(sqlalchemy.orm.DeclarativeBase):
                pass

            class Task(Base):
                __tablename__ = "tasks"
                id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)
                title = sqlalchemy.Column(sqlalchemy.String)

            with sqlalchemy.orm.Session(sqlalchemy.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))) as session:
                session.add(Task(id=1, title="x"))
                with contextlib.suppress(sqlalchemy.exc.IntegrityError):
                    session.flush()
                session.execute(sqlalchemy.text("select 1"))

    return found


def bounced(ports):
    """PgBouncer in transaction mode."""
    found = []

    def url(database="todo", user="todo", password=PASSWORD, more=""):
        return f"postgresql://{user}:{password}@127.0.0.1:{ports['bouncer']}/{database}?sslmode=disable&connect_timeout=3{more}"

    if version_of("psycopg"):
        import psycopg

        def say(situation, means):
            def add(function):
                found.append(("psycopg through PgBouncer", situation, means, function))

            return add

        @say("no-such-database", "db/database-missing")
        def _():
            psycopg.connect(url("todos"))

        @say("wrong-password", "db/authentication-failed")
        def _():
            psycopg.connect(url(password="wrong"))

        @say("no-such-user", "db/authentication-failed")
        def _():
            psycopg.connect(url(user="nobody"))

        @say("startup-parameter", "db/pooler-incompatible")
        def _():
            psycopg.connect(url(more="&options=-c%20search_path%3Dx"))

        @say("tls-not-offered", "db/tls-rejected")
        def _():
            psycopg.connect(url().replace("disable", "require"))

        @say("server-down", "db/other db/too-many-connections")
        def _():
            psycopg.connect(url("down").replace("connect_timeout=3", "connect_timeout=8"))

        @say("too-many-clients", "db/too-many-connections")
        def _():
            kept = [psycopg.connect(url()) for _ in range(4)]
            try:
                psycopg.connect(url())
            finally:
                for each in kept:
                    each.close()

        @say("query-wait", "db/too-many-connections")
        def _():
            first, second = psycopg.connect(url("one")), psycopg.connect(url("one"))
            try:
                first.execute("select 1")
                second.execute("select 1")
            finally:
                first.close()
                second.close()

        @say("prepared-statement-lost", "db/pooler-incompatible")
        def _():
            with psycopg.connect(url(), autocommit=True, prepare_threshold=0) as one, psycopg.connect(url(), autocommit=True) as other:
                one.execute("select %s::int", (1,))
                other.execute("begin")
                one.execute("select %s::int", (2,))

    if version_of("asyncpg"):
        import asyncpg

        def run(situation, means):
            def add(function):
                found.append(("asyncpg through PgBouncer", situation, means, lambda: asyncio.run(function())))

            return add

        @run("prepared-statement", "db/pooler-incompatible")
        async def _():
            address = url().split("?")[0]
            first, second = await asyncpg.connect(address, ssl=False), await asyncpg.connect(address, ssl=False)
            try:
                for number in range(6):
                    await asyncio.gather(first.fetch(f"select {number}"), second.fetch(f"select {number + 100}"))
                    await asyncio.gather(first.fetch(f"select {number}"), second.fetch(f"select {number + 100}"))
            finally:
                first.terminate()
                second.terminate()

        @run("startup-parameter", "db/pooler-incompatible")
        async def _():
            await asyncpg.connect(url().split("?")[0], ssl=False, server_settings={"search_path": "x"})

    return found


def child(plan):
    ports, directory = plan["ports"], plan["dir"]
    drivers = Drivers()
    rows, errors = [], []

    def clean(text):
        text = text.replace(directory, "/etc/todo")
        for name, port in ports.items():
            shown = {"bouncer": "6432"}.get(name, "5432")
            text = re.sub(rf"(?<!\d){port}(?!\d)", shown, text)
        text = re.sub(r"/\S*?/lib/python3\.\d+/site-packages", "/usr/local/lib/python3.12/site-packages", text)
        text = re.sub(r"/\S*?/lib/python3\.\d+/", "/usr/local/lib/python3.12/", text)
        text = text.replace(os.path.abspath(__file__), "/app/app/db.py")
        return re.sub(r" at 0x[0-9a-f]+", " at 0x7f0000000000", text)

    def keep(driver, version, situation, means, function):
        if only and not re.search(only, f"{driver} {situation}"):
            return
        try:
            function()
        except BaseException as error:  # a driver may raise anything
            state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or getattr(getattr(error, "orig", None), "sqlstate", None) or getattr(getattr(error, "orig", None), "pgcode", None)
            name = type(error).__qualname__ if type(error).__module__ == "builtins" else f"{type(error).__module__}.{type(error).__qualname__}"
            text = f"{name}: {error}" if str(error) else name
            if "Can't create a connection" in text:
                means += " db/other"  # pg8000 keeps the reason for the exception's cause
            if "sslrootcert" in text and "keyword argument" in text:
                means = "db/driver-mismatch"
            if "[Errno 2] No such file" in text:
                means += " db/other"  # without the file's name
            trace = clean("".join(traceback.format_exception(error)))
            rows.append({"driver": driver, "version": version, "situation": situation, "means": means, "sqlstate": state, "text": clean(text)})
            errors.append((driver, situation, means, error, trace))
            gc.collect()
        else:
            print(f"{driver}: {situation} raises nothing", file=sys.stderr)

    only = os.environ.get("ONLY")
    shutil.copy(f"{directory}/server.key", f"{directory}/readable.key")
    os.chmod(f"{directory}/readable.key", 0o644)
    for name, (version, function) in drivers.all.items():
        for situation, (url, use, means) in situations(ports, directory).items():
            address = url
            if name == "asyncpg":
                # asyncpg reads libpq's sslmode from a DSN, and not its time-out.
                address = re.sub(r"connect_timeout=\d+&?", "", url).rstrip("?")
            if name == "sqlalchemy+asyncpg":
                address = re.sub(r"connect_timeout=\d+&?", "", url).rstrip("?")
            keep(name, version, situation, means, lambda: function(address, use))
    versions = {name: version for name, (version, _) in drivers.all.items()}
    versions |= {"sqlalchemy": version_of("SQLAlchemy"), "psycopg_pool": version_of("psycopg-pool"), "psycopg2.pool": version_of("psycopg2-binary")}
    for driver, situation, means, function in idle(ports):
        keep(driver, versions.get(driver), situation, means, function)
    if plan["bouncer"]:
        for driver, situation, means, function in bounced(ports):
            keep(driver, versions.get(driver.split()[0]), situation, means, function)
    logs = written(errors, clean, ports) if plan["loggers"] else []
    print(json.dumps({"rows": rows, "logs": logs}))


# --- the loggers ---------------------------------------------------------------------------------------------------------


def short(text):
    """Of a traceback's source lines and carets nothing is kept: what they show is the drivers' own code."""
    kept = []
    for line in text.split("\n"):
        if kept and re.match(r"\s+(?:[~^]+\s*$|\S)", line) and "File " in kept[-1] and "File " not in line and not line.startswith("\t"):
            continue
        if re.match(r"\s+[~^]+\s*$", line):
            continue
        kept.append(line)
    return "\n".join(kept)


def written(errors, clean, ports):
    """Each error as applications log it, by the loggers themselves; and what healthy applications log."""
    records = []

    def add(form, kind, text, **more):
        text = short(clean(text))
        text = re.sub(r"\x1b\[[\d;]*m", "", text)
        text = re.sub(r"\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d", r"2026-02-09\g<1>14:00:00", text)
        lines = text.rstrip("\n").split("\n")
        records.append({"form": form, "kind": kind, **more, "lines": lines})

    def logger(formatter):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        one = logging.Logger("app.db")
        one.addHandler(handler)
        return one, stream

    forms = {
        "logging, basicConfig": logging.Formatter(logging.BASIC_FORMAT),
        "logging, with time": logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"),
        "gunicorn": logging.Formatter("[%(asctime)s] [7] [%(levelname)s] %(message)s"),
    }
    with contextlib.suppress(ImportError):
        import uvicorn.logging

        forms["uvicorn"] = uvicorn.logging.DefaultFormatter("%(levelprefix)s %(message)s", use_colors=False)
    with contextlib.suppress(ImportError):
        from pythonjsonlogger.json import JsonFormatter

        forms["python-json-logger"] = JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    calls = {}
    for form, formatter in forms.items():

        def call(level, message, error=None, formatter=formatter):
            one, stream = logger(formatter)
            one.log(level, message, exc_info=error and (type(error), error, error.__traceback__))
            return stream.getvalue()

        calls[form] = call
    with contextlib.suppress(ImportError):
        import structlog

        def structured(renderer):
            def call(level, message, error=None):
                stream = io.StringIO()
                steps = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), structlog.processors.format_exc_info, renderer]
                one = structlog.wrap_logger(structlog.PrintLogger(stream), processors=steps)
                name = logging.getLevelName(level).lower()
                getattr(one, name)(message, **({"exc_info": error} if error else {}))
                return stream.getvalue()

            return call

        calls["structlog, JSON"] = structured(structlog.processors.JSONRenderer())
        calls["structlog, console"] = structured(structlog.dev.ConsoleRenderer(colors=False))
    with contextlib.suppress(ImportError):
        import loguru

        def call(level, message, error=None):
            stream = io.StringIO()
            loguru.logger.remove()
            loguru.logger.add(stream, colorize=False, backtrace=False, diagnose=False)
            loguru.logger.opt(exception=error).log(logging.getLevelName(level), message)
            return stream.getvalue()

        calls["loguru"] = call

        def call_json(level, message, error=None):
            stream = io.StringIO()
            loguru.logger.remove()
            loguru.logger.add(stream, serialize=True, backtrace=False, diagnose=False)
            loguru.logger.opt(exception=error).log(logging.getLevelName(level), message)
            record = json.loads(stream.getvalue())
            record["record"].pop("elapsed", None)
            return json.dumps(record) + "\n"

        calls["loguru, serialized"] = call_json
    names = list(calls)
    for number, (driver, situation, means, error, trace) in enumerate(errors):
        if means.startswith("crash/"):
            continue
        # One in four with its traceback, the others as their words alone: a reader meets both.
        with_trace = number % 4 == 0
        form = names[(number + number // 4) % len(names)]
        message = "Application startup failed" if with_trace else f"Database connection failed: {error!s}"
        known = means if with_trace or str(error) else f"{means} db/other"
        with contextlib.suppress(Exception):
            add(form, "error", calls[form](logging.ERROR, message, error if with_trace else None), driver=driver, situation=situation, means=known)
    said = {
        "connected": ["Database connection established", "Connected to PostgreSQL", "database ready", "Successfully connected to the database", "Database connection pool ready (min=1, max=10)"],
        "harmless": ["Database connection pool: size 10, timeout 30", "database error_count=0", "Database migrations: 0 failed, 12 applied", "Retry policy for database: retries=5", "Application startup complete.", "Database error handler registered", "waiting for database to be ready", "Checking whether database is connected", "database statement timeout set to 30 s", "shutting down database pool"],
    }
    for kind, messages in said.items():
        for number, message in enumerate(messages):
            for form in names:
                with contextlib.suppress(Exception):
                    add(form, kind, calls[form](logging.INFO, message))
    with contextlib.suppress(ImportError):
        import sqlalchemy

        one, stream = logger(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        for name in ("sqlalchemy.engine.Engine", "sqlalchemy.pool.impl.QueuePool"):
            real = logging.getLogger(name)
            real.handlers = one.handlers
            real.setLevel(logging.DEBUG)
            real.propagate = False
        engine = sqlalchemy.create_engine(f"postgresql+psycopg://todo:{PASSWORD}@127.0.0.1:{ports['tls']}/todo")
        with engine.connect() as connection:
            connection.exec_driver_sql("select id, title, 'database connection failed' as said from tasks where title <> 'password authentication failed'")
        engine.dispose()
        for line in stream.getvalue().splitlines():
            add("SQLAlchemy, echo", "harmless", line)
    return records


if __name__ == "__main__":
    main()
