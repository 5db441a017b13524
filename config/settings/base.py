"""The settings that every process shares. What may be set: docs/reference/settings.md."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from config.priorities import RULES
from config.queues import DEFAULT, DEPENDENCIES, QUEUES
from config.schedule import SCHEDULES
from config.settings.refusals import DEVELOPMENT_KEY, refusals
from jobs.breaker import Breaker
from jobs.chaos.queues import QUEUES as CHAOS_QUEUES
from jobs.health import Thresholds
from jobs.localservices.payload_key import development_key
from jobs.localservices.state import database_address, redis_address
from jobs.logs import logging_config
from jobs.queues import Queue
from jobs.schedules import Schedule

BASE_DIR = Path(__file__).resolve().parent.parent.parent
STATE_DIR = BASE_DIR / ".millrace"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=True)
SECRET_KEY = env.str("SECRET_KEY", default=DEVELOPMENT_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# An https origin means that the site is served over TLS (the proxy says so in X-Forwarded-Proto).
HTTPS = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes come from inside, without TLS
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if HTTPS else 0
# What the other hosts of the domain do is not for this site to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_celery_beat",
    "django_celery_results",
    "django_htmx",
    "channels",
    "ninja",
    "jobs",
    "enrichment",
    "analysis",
    "execution",
    "monitoring",
    "sandbox",
]

MIDDLEWARE = [
    "jobs.http.request_lines.RequestLines",
    "jobs.pages.nul.NoNul",
    "django.middleware.security.SecurityMiddleware",
    "jobs.pages.security.ContentSecurityPolicy",
    "config.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jobs.http.acting.Acting",
    "jobs.http.idempotency.IdempotencyKeys",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jobs.pages.context.frame",
            ]
        },
    }
]

DATABASES = {
    "default": {
        **env.db_url_config(env.str("DATABASE_URL", default=database_address(STATE_DIR))),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default=redis_address(STATE_DIR))
if refused := refusals(
    debug=DEBUG, secret_key=SECRET_KEY, hosts=ALLOWED_HOSTS, origins=CSRF_TRUSTED_ORIGINS, redis_url=REDIS_URL
):
    raise ImproperlyConfigured("; ".join(refused))
CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # each process's own
    "shared": {
        "BACKEND": "config.cache.SharedCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "millrace-cache",
        "OPTIONS": {
            "serializer": "config.cache.JsonSerializer",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },
    },
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
PAGES_NAVIGATION = {  # by group: name of the address, label, icon in jobs/static/jobs/icons.svg
    "": (("overview", "Overview", "overview"),),
    "Platform": (
        ("jobs", "Jobs", "jobs"),
        ("dead-letters", "Dead letters", "dead-letters"),
        ("schedules", "Schedules", "schedules"),
        ("workers", "Workers", "workers"),
        ("performance", "Performance", "chart"),
        ("platform-alerts", "Alerts", "warning"),
    ),
    "Markets": (
        ("wallets", "Wallets", "wallets"),
        ("coins", "Coins", "chart"),
        ("exchanges", "Exchanges", "exchanges"),
        ("news", "News", "news"),
    ),
    "Acting": (
        ("intents", "Intents", "intents"),
        ("senders", "Senders", "key"),
        ("contracts", "Contracts", "contracts"),
        ("speech", "Speech", "speech"),
        ("notifications", "Notifications", "notifications"),
    ),
}
PAGES_QUEUE_PARTS = ("queue-history",)  # names of addresses whose parts a queue's page fetches
PAGES_OVERVIEW_PARTS = ("firing-alerts",)  # the same for the overview
UNFOLD = {  # the admin's theme, in the pages' colour
    "SITE_TITLE": "Millrace",
    "SITE_HEADER": "Millrace",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"/{STATIC_URL}jobs/favicon.svg"}],
    "COLORS": {
        "primary": {
            shade: f"oklch({lightness}% {chroma} 190)"
            for shade, lightness, chroma in (
                ("50", 97, 0.012), ("100", 94, 0.03), ("200", 89, 0.06), ("300", 82, 0.09), ("400", 74, 0.1),
                ("500", 60, 0.1), ("600", 47, 0.08), ("700", 41, 0.07), ("800", 35, 0.06), ("900", 30, 0.05),
                ("950", 22, 0.04),
            )
        }
    },
}  # fmt: skip
TOUR_STEPS = ("analysis.tour_steps.STEPS", "execution.tour.STEPS")  # what `manage.py demo` shows more
FLOWER_URL = env.str("FLOWER_URL", default=f"http://127.0.0.1:{env.int('FLOWER_PORT', default=5555)}")
FLOWER_USER = "millrace"  # of the site itself: people reach Flower through it
FLOWER_PASSWORD = env.str(
    "FLOWER_PASSWORD", default=hashlib.sha256(f"flower {SECRET_KEY}".encode()).hexdigest()
)
DEMO_LOGIN = ("demo", "demo")  # `manage.py seed_demo` creates this user; it exists only on demo machines

# Who gets into Flower: `name:password`, several with commas. See flowerconfig.py
FLOWER_LOGINS = env.list("FLOWER_BASIC_AUTH", default=[":".join(DEMO_LOGIN)] if DEBUG else [])

# Fernet keys for secret payload fields; the first encrypts, all decrypt. Made up for development alone.
PAYLOAD_ENCRYPTION_KEYS = env.list("PAYLOAD_ENCRYPTION_KEYS", default=[]) or (
    [development_key(STATE_DIR / "payload.key")] if DEBUG else []
)

ENABLE_SCHEDULED_JOBS = env.bool("ENABLE_SCHEDULED_JOBS", default=True)
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOG_FORMAT = env.str("LOG_FORMAT", default="text")  # text or json
LOGGING = logging_config(LOG_FORMAT, LOG_LEVEL)
LOGGING_CONFIG = "jobs.logs.configure"

# -- jobs and Celery -----------------------------------------------------------------------------------

JOBS_CHAOS = env.bool(
    "JOBS_CHAOS", default=False
)  # set by `manage.py jobs chaos` for the processes of its run
JOBS_QUEUES: Sequence[Queue] = (*QUEUES, *CHAOS_QUEUES) if JOBS_CHAOS else QUEUES
if JOBS_CHAOS:
    JOBS_RETENTION_GRACE = 30 * 86_400.0  # seconds: the verdicts look at every row
JOBS_DEFAULT_QUEUE = DEFAULT
JOBS_DEPENDENCIES: Mapping[str, Breaker] = DEPENDENCIES
JOBS_SCHEDULES: Sequence[Schedule] = SCHEDULES
JOBS_PRIORITY_RULES = RULES
JOBS_PROCFILE: Path | None = BASE_DIR / "Procfile"  # checked for queues that no worker line consumes
# jsonb that `secrets rotate` encrypts again
JOBS_SECRET_COLUMNS = {"enrichment_exchangeaccount": ("keys",), "execution_wallet": ("key",)}
JOBS_LEASE = env.float("JOBS_LEASE", default=30.0)
JOBS_PROOF_EVERY = env.float("JOBS_PROOF_EVERY", default=10.0)
JOBS_AUTOSCALE_LOAD = env.float("JOBS_AUTOSCALE_LOAD", default=1.5)
JOBS_LEADER_LEASE = env.float("JOBS_LEADER_LEASE", default=4.0)
JOBS_HEALTH = Thresholds(
    waiting=env.int("HEALTH_WAITING", default=1000),
    failed=env.int("HEALTH_FAILED", default=100),
    alert_waiting=env.int("ALERT_WAITING", default=500),
    alert_failed=env.int("ALERT_FAILED", default=50),
    success_warning=env.float("HEALTH_SUCCESS_WARNING", default=0.80),
    success_critical=env.float("HEALTH_SUCCESS_CRITICAL", default=0.50),
    stuck_after=env.float("HEALTH_STUCK_AFTER", default=300.0),
    beyond_p99=env.float("HEALTH_BEYOND_P99", default=300.0),
)

CELERY_IMPORTS = ["jobs.chaos.tasks"] if JOBS_CHAOS else []
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Tickets and leases cover loss and duplicates, so the broker need not keep a set of unacknowledged
# messages: one round trip a message instead of three, and a worker survives a restart of Redis.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "ack_emulation": False,
    "health_check_interval": 10,
    # Without these, one answer that never comes (to a worker's heartbeat event, say) stops its event loop.
    "socket_timeout": 3,
    "socket_connect_timeout": 3,
}
# A server that refuses a command (it became a replica, or is full) is as good as away: the worker tries again.
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
CELERY_RESULT_BACKEND = "jobs.worker.backend:LogBackend"
CELERY_RESULT_EXTENDED = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_TASK_DEFAULT_QUEUE = DEFAULT
CELERY_TASK_ROUTES = {task: {"queue": queue.name} for queue in QUEUES for task in queue.tasks}
CELERY_TASK_TRACK_STARTED = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = True
CELERY_WORKER_DISABLE_RATE_LIMITS = True  # a task's rate_limit holds for the cluster: the dispatcher keeps it
CELERY_WORKER_AUTOSCALER = "jobs.worker.autoscaler:Autoscaler"  # used with --autoscale=8,2
CELERY_DB_REUSE_MAX = 1_000_000  # else Celery opens a new database connection around every task
CELERY_BEAT_SCHEDULER = "jobs.beat:Scheduler"
CELERY_TIMEZONE = "UTC"

# -- the outside world: a provider without an address or key is the local sandbox ---------------------------

SANDBOX_URL = env.str("SANDBOX_URL", default=f"http://127.0.0.1:{env.int('SANDBOX_PORT', default=18899)}")
HELIUS_API_KEY = env.str("HELIUS_API_KEY", default="")
HELIUS_URL = env.str("HELIUS_URL", default="")
SOLANA_RPC_URL = env.str("SOLANA_RPC_URL", default="")
EVM_RPC_URL = env.str("EVM_RPC_URL", default="")
EVM_PRIVATE_KEYS = env.list("EVM_PRIVATE_KEYS", default=[])  # of senders that have no row of their own
EVM_POLL_SECONDS = env.float("EVM_POLL_SECONDS", default=0.5)  # between two looks for a receipt
EVM_IDLE_SECONDS = env.float(
    "EVM_IDLE_SECONDS", default=30.0
)  # until a nonce that nobody uses is spent on nothing, where others wait behind it
DEXSCREENER_URL = env.str("DEXSCREENER_URL", default="")
COINGECKO_URL = env.str("COINGECKO_URL", default="")
EXCHANGES = env.list(
    "EXCHANGES", default=[]
)  # ids of ccxt, each with `=address` where it is not the usual one
COINGECKO_API_KEY = env.str("COINGECKO_API_KEY", default="")
TWITTER_BEARER_TOKEN = env.str("TWITTER_BEARER_TOKEN", default="")
REDDIT_CLIENT_ID = env.str("REDDIT_CLIENT_ID", default="")
REDDIT_CLIENT_SECRET = env.str("REDDIT_CLIENT_SECRET", default="")
TELEGRAM_CHANNELS = env.list("TELEGRAM_CHANNELS", default=[])
NEWS_FEEDS = env.list("NEWS_FEEDS", default=[])
SENTIMENT_LEXICON = env.str("SENTIMENT_LEXICON", default="")  # a file in the place of the one delivered

# -- notifications ---------------------------------------------------------------------------------------

# A webhook is signed with each of these: a receiver may move from one to the next. See docs/how-to/verify-webhooks.md
WEBHOOK_SECRETS = env.list("WEBHOOK_SECRETS", default=["whsec_development"] if DEBUG else [])
# Private networks that webhooks may go to all the same, such as 10.1.0.0/16
WEBHOOK_ALLOWED_NETWORKS = env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
WEBHOOK_TO_SANDBOX = env.bool("WEBHOOK_TO_SANDBOX", default=DEBUG)
ALERT_WEBHOOK_URL = env.str("ALERT_WEBHOOK_URL", default="")
SITE_URL = env.str("SITE_URL", default="")  # how people reach the site: alerts link to its pages
ALERT_COOLDOWN = env.float(
    "ALERT_COOLDOWN", default=3600.0
)  # seconds between two alerts about the same cause
# Without an address, e-mails are files in .millrace/mail
globals().update(env.email_url("EMAIL_URL", default=f"filemail:///{STATE_DIR / 'mail'}"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="millrace@localhost")

# -- speech --------------------------------------------------------------------------------------------

# A server with OpenAI's protocol, such as https://api.openai.com/v1; without one the model on this machine speaks.
SPEECH_URL = env.str("SPEECH_URL", default="")
SPEECH_API_KEY = env.str("SPEECH_API_KEY", default="")
SPEECH_MODEL = env.str("SPEECH_MODEL", default="tts-1")
MEDIA_ROOT = env.str(
    "MEDIA_ROOT", default=str(STATE_DIR / "media")
)  # served to signed-in users only, by the API
JUPITER_URL = env.str("JUPITER_URL", default="")
JUPITER_API_KEY = env.str("JUPITER_API_KEY", default="")
DEFILLAMA_URL = env.str("DEFILLAMA_URL", default="")
RUGCHECK_URL = env.str("RUGCHECK_URL", default="")
PROVIDER_TIMEOUT = env.float("PROVIDER_TIMEOUT", default=10.0)  # seconds that a provider may take to answer
PROVIDER_PAUSE = 0.25  # seconds before a request is made a second time; then twice as long each time
# What providers publish, or what is polite where they publish nothing: all workers together keep to it (see
# enrichment.providers.budget). What the site decided, by a paid plan or with its own node, takes its place.
PROVIDER_LIMITS: Mapping[str, str] = {
    "dexscreener": "300/min",
    "jupiter": "60/min",
    "defillama": "300/min",
    "rugcheck": "60/min",
    "coingecko": "30/min",
    "helius": "10/s",
    "solana-node": "10/s",
    "evm-node": "25/s",
    "reddit": "100/min",
    "x": "30/min",
    "telegram": "60/min",
    "feeds": "60/min",
    "exchanges": "10/s",
}
PROVIDER_BUDGETS: Mapping[str, str] = env.dict(
    "PROVIDER_BUDGETS", default={}
)  # dexscreener=600/min,helius=50/s

# -- HTTP API and WebSocket ----------------------------------------------------------------------------

MIDDLEWARE.insert(3, "jobs.http.middleware.ProblemDetails")
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024 + 64 * 1024  # bytes: the largest payload, and what is around it
LOGIN_TRIES_PER_MINUTE = 10  # wrong passwords for one user name from one address
WRONG_TOKENS_PER_MINUTE = env.int("WRONG_TOKENS_PER_MINUTE", default=30)  # from one address
JOBS_API_REQUESTS_PER_MINUTE = env.int("JOBS_API_REQUESTS_PER_MINUTE", default=1200)
