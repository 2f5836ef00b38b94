"""What the application is told by its environment. Every name without a default is required."""
import os

from pydantic import BaseModel, Field


class Settings(BaseModel):
    database_url: str = Field(alias="DATABASE_URL")
    better_auth_secret: str = Field(alias="BETTER_AUTH_SECRET")
    environment: str = Field("development", alias="ENVIRONMENT")
    log_level: str = Field("INFO", alias="LOG_LEVEL")

    # Swagger UI at /docs.
    api_docs: bool = Field(True, alias="API_DOCS")

    # The contract's pool: ten connections for each pod, and no more.
    pool_size: int = Field(10, alias="DATABASE_POOL_SIZE")
    pool_overflow: int = Field(0, alias="DATABASE_POOL_OVERFLOW")
    pool_timeout: float = Field(30, alias="DATABASE_POOL_TIMEOUT")
    connect_timeout: int = Field(5, alias="DATABASE_CONNECT_TIMEOUT")
    create_schema: bool = Field(True, alias="DATABASE_CREATE_SCHEMA")

    # Kubernetes names a pod's host after the pod.
    pod: str = Field("unknown", alias="HOSTNAME")


def load() -> Settings:
    return Settings.model_validate(dict(os.environ))
