"""The HTTP side: health, documentation and the tasks behind a token."""
import asyncio
import logging
import time
from contextlib import asynccontextmanager

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

from . import database, faults
from .settings import load

faults.at_import()
settings = load()
logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s:     %(name)s: %(message)s")
log = logging.getLogger("todo")
engine = database.make_engine(settings)


@asynccontextmanager
async def lifespan(_: FastAPI):
    log.info("Starting in %s on %s", settings.environment, settings.pod)
    await faults.at_start()
    await asyncio.to_thread(database.connect_at_start, engine, settings)
    await asyncio.to_thread(faults.hold, engine)
    leak = asyncio.create_task(faults.grow())
    yield
    leak.cancel()
    engine.dispose()


app = FastAPI(
    title="Todo chatbot backend",
    version="1.0.0",
    lifespan=lifespan,
    docs_url="/docs" if settings.api_docs else None,
)
bearer = HTTPBearer(auto_error=False)


def user(credentials: HTTPAuthorizationCredentials | None = Depends(bearer)) -> str:
    """Whom the token was made for. Anything but a valid token is a 401."""
    if faults.on("FAULT_OPEN_TASKS"):
        return "anybody"
    challenge = {"WWW-Authenticate": "Bearer"}
    if credentials is None:
        raise HTTPException(401, "Not authenticated", challenge)
    try:
        claims = jwt.decode(credentials.credentials, settings.better_auth_secret, ["HS256"], options={"require": ["sub"]})
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "Invalid token", challenge) from error
    return claims["sub"]


def health_caller(credentials: HTTPAuthorizationCredentials | None = Depends(bearer)) -> None:
    if faults.on("FAULT_HEALTH_NEEDS_TOKEN"):
        user(credentials)


@app.get("/api/health", dependencies=[Depends(health_caller)])
def health() -> JSONResponse:
    if faults.number("FAULT_SLOW_HEALTH_SECONDS"):
        time.sleep(faults.number("FAULT_SLOW_HEALTH_SECONDS"))
    body = {"status": "healthy", "database": "connected", "environment": settings.environment}
    if not faults.on("FAULT_HEALTH_WITHOUT_POD"):
        body["pod"] = settings.pod
    status = faults.unhealthy_status()
    if status:
        return JSONResponse(body | {"status": "unhealthy"}, status)
    try:
        database.check(engine)
    except Exception as error:
        log.error("Health check: database error: %s", str(getattr(error, "orig", None) or error).strip())
        return JSONResponse(body | {"status": "unhealthy", "database": "disconnected"}, 503)
    return JSONResponse(body)


class NewTask(BaseModel):
    title: str


@app.get("/api/tasks")
def tasks(owner: str = Depends(user)) -> list[dict]:
    return database.list_tasks(engine, owner)


@app.post("/api/tasks", status_code=201)
def new_task(task: NewTask, owner: str = Depends(user)) -> dict:
    return database.add_task(engine, owner, task.title)
