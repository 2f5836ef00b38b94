"""Faults that only an application can have, for trying out what notices them. All are off unless switched on.

FAULT_IMPORT=1                       a module that does not exist is imported
FAULT_CRASH_AT_START=1               the start-up raises an exception
FAULT_EXIT_AT_START=1                the process ends with exit code 0 instead of serving
FAULT_START_DELAY_SECONDS=n          the start-up takes that long
FAULT_MEMORY_AT_START_MIB=n          that much memory is taken at once
FAULT_MEMORY_GROWTH_MIB_PER_MINUTE=n memory is taken bit by bit
FAULT_HOLD_CONNECTIONS=n             that many database connections are taken from the pool and never given back
FAULT_SLOW_HEALTH_SECONDS=n          the health endpoint takes that long
FAULT_UNHEALTHY_FILE=path            the health endpoint fails while that file exists in the container, with the
                                     status that stands in it (503 where there is none)
FAULT_HEALTH_NEEDS_TOKEN=1           the health endpoint asks for a token
FAULT_HEALTH_WITHOUT_POD=1           the health endpoint does not say which pod answered
FAULT_OPEN_TASKS=1                   the tasks are served to anybody

Some faults need no switch, because uvicorn takes its own settings from the environment:
UVICORN_HOST=127.0.0.1 (listen on the loopback), UVICORN_ACCESS_LOG=false, UVICORN_APP=app.missing:app,
UVICORN_WORKERS=2, UVICORN_PORT=8001.
"""
import asyncio
import logging
import os

log = logging.getLogger("todo.faults")
MIB = 1 << 20
_kept: list[object] = []


def on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "on")


def number(name: str) -> float:
    return float(os.environ.get(name) or 0)


def unhealthy_status() -> int | None:
    try:
        with open(os.environ.get("FAULT_UNHEALTHY_FILE", "")) as file:
            return int(file.read().strip() or 503)
    except FileNotFoundError:
        return None


def at_import() -> None:
    if on("FAULT_IMPORT"):
        import todo_chatbot_that_was_never_installed  # noqa: F401


async def at_start() -> None:
    if on("FAULT_EXIT_AT_START"):
        os._exit(0)
    if number("FAULT_START_DELAY_SECONDS"):
        await asyncio.sleep(number("FAULT_START_DELAY_SECONDS"))
    if number("FAULT_MEMORY_AT_START_MIB"):
        take(int(number("FAULT_MEMORY_AT_START_MIB")))
    if on("FAULT_CRASH_AT_START"):
        raise RuntimeError("could not load the model registry: unexpected end of file")


def take(mebibytes: int) -> None:
    """Takes memory that is really used: each page is written."""
    for _ in range(mebibytes):
        _kept.append(bytearray(os.urandom(4096) * (MIB // 4096)))


async def grow() -> None:
    """A leak, in steps of one second."""
    pace = number("FAULT_MEMORY_GROWTH_MIB_PER_MINUTE") / 60
    due = 0.0
    while pace:
        await asyncio.sleep(1)
        due += pace
        take(int(due))
        due -= int(due)


def hold(engine) -> None:
    """Connections that are checked out and forgotten."""
    for _ in range(int(number("FAULT_HOLD_CONNECTIONS"))):
        _kept.append(engine.connect())
