"""The connection pool, and the few statements the application needs."""
import logging

from sqlalchemy import URL, Engine, create_engine, make_url, text

from .settings import Settings

log = logging.getLogger("todo.database")

SCHEMA = """
create table if not exists tasks (
    id bigint generated always as identity primary key,
    owner text not null,
    title text not null,
    done boolean not null default false
)
"""
# Two pods that start together must not create the table together.
SCHEMA_LOCK = 7_301_946


def make_engine(settings: Settings) -> Engine:
    return create_engine(
        with_driver(settings.database_url),
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
        pool_timeout=settings.pool_timeout,
        # A connection the server has closed in the meantime is replaced instead of failing a request.
        pool_pre_ping=True,
        connect_args={"connect_timeout": settings.connect_timeout},
    )


def with_driver(url: str) -> URL:
    """`postgresql://` says nothing about the driver; the one that is installed here is psycopg."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def connect_at_start(engine: Engine, settings: Settings) -> None:
    """The contract's start-up check: say that the database is there, or fail."""
    host = engine.url.host
    log.info("Connecting to the database at %s", host)
    try:
        with engine.begin() as connection:
            tls = connection.execute(text("select version from pg_stat_ssl where pid = pg_backend_pid()")).scalar()
            if settings.create_schema:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
                connection.execute(text(SCHEMA))
    except Exception as error:
        # The driver's message names host and user, never the password.
        log.error("Database connection failed: %s", str(getattr(error, "orig", None) or error).strip())
        raise
    log.info("Database connection established (%s, %s)", host, tls or "no TLS")


def check(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("select 1"))


def list_tasks(engine: Engine, owner: str) -> list[dict]:
    with engine.connect() as connection:
        rows = connection.execute(text("select id, title, done from tasks where owner = :owner order by id"), {"owner": owner})
        return [dict(row) for row in rows.mappings()]


def add_task(engine: Engine, owner: str, title: str) -> dict:
    with engine.begin() as connection:
        row = connection.execute(
            text("insert into tasks (owner, title) values (:owner, :title) returning id, title, done"),
            {"owner": owner, "title": title},
        )
        return dict(row.mappings().one())
