/** The parameters that each driver accepts, taken from its documentation or its signature: whatever else stands in a URL it refuses. */

/** libpq's connection parameters (PostgreSQL 18, Parameter Key Words). */
export const LIBPQ_PARAMETERS = new Set(
  `application_name channel_binding client_encoding connect_timeout dbname fallback_application_name gssdelegation
  gssencmode gsslib host hostaddr keepalives keepalives_count keepalives_idle keepalives_interval krbsrvname
  load_balance_hosts max_protocol_version min_protocol_version oauth_client_id oauth_client_secret oauth_issuer
  oauth_scope options passfile password port replication require_auth requirepeer requiressl scram_client_key
  scram_server_key service servicefile ssl_max_protocol_version ssl_min_protocol_version sslcert sslcertmode
  sslcompression sslcrl sslcrldir sslkey sslkeylogfile sslmode sslnegotiation sslpassword sslrootcert sslsni
  target_session_attrs tcp_user_timeout user`.split(/\s+/),
);

/** What SQLAlchemy takes for itself before it hands the rest to asyncpg (dialects/postgresql/asyncpg.py). */
const DIALECT_PARAMETERS =
  'prepared_statement_cache_size prepared_statement_name_func async_fallback async_creator_fn';

/** Arguments of `asyncpg.connect` (0.32), which every parameter of the URL becomes. */
export const ASYNCPG_PARAMETERS = new Set(
  `host port user password passfile service servicefile database timeout statement_cache_size
  max_cached_statement_lifetime max_cacheable_statement_size command_timeout ssl direct_tls connection_class
  record_class server_settings target_session_attrs krbsrvname gsslib ${DIALECT_PARAMETERS}`.split(/\s+/),
);

/** Arguments of `pg8000.dbapi.connect` (1.31): TLS is an object there, which no URL can give. */
export const PG8000_PARAMETERS = new Set(
  `user host database port password source_address unix_sock ssl_context timeout tcp_keepalive application_name
  replication startup_params`.split(/\s+/),
);
