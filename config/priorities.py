"""Every priority rule of the product, on one page; of a task's rules, the first that fits wins.

They apply when a job is enqueued without a priority. Then `urgent` moves it one level up, `background` one
down, and a person who looks at its subject one up, never above critical.
"""

from jobs.priority import Priority
from jobs.priority_rules import AtMost, Is, Rule, Tagged, YoungerThan

RULES = (
    # contract deployment
    Rule("deploy_contract", Priority.CRITICAL, Is("environment", "production")),
    Rule("deploy_contract", Priority.HIGH, Tagged("urgent")),
    Rule("deploy_contract", Priority.NORMAL, Is("environment", "staging")),
    Rule("deploy_contract", Priority.LOW, Is("environment", "development")),
    # speech
    Rule("process_tts", Priority.HIGH, Is("mode", "realtime")),
    Rule("process_tts", Priority.NORMAL, AtMost("text", 200)),
    Rule("process_tts", Priority.LOW, Is("mode", "batch")),
    # market news
    Rule("index_market_news", Priority.CRITICAL, Is("breaking")),
    Rule("index_market_news", Priority.HIGH, YoungerThan("published_at", 300)),
    Rule("index_market_news", Priority.NORMAL),
    # order sync
    Rule("sync_orders", Priority.HIGH, Is("premium")),
    Rule("sync_orders", Priority.NORMAL),
)
