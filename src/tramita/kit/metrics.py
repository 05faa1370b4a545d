"""Prometheus metrics of the kit; areas add their own beside their code."""

from prometheus_client import Counter, Gauge, Histogram

EXCHANGES = Counter(
    "tramita_exchanges_total", "Requests to providers by result", ["provider", "result"]
)
EXCHANGE_SECONDS = Histogram(
    "tramita_exchange_seconds", "Time a provider took to answer", ["provider"]
)
OPERATIONS_SETTLED = Counter(
    "tramita_operations_settled_total", "Outside acts by what became of them", ["kind", "state"]
)
BREAKER_OPEN = Gauge(
    "tramita_breaker_open", "Whether this process holds calls to a provider back", ["provider"]
)
IN_FLIGHT = Gauge(
    "tramita_exchanges_in_flight", "Calls of this process to a provider under way", ["provider"]
)
SOCKETS = Gauge("tramita_sockets", "Open WebSockets of this process")
HTTP_REQUESTS = Counter(
    "tramita_http_requests_total", "Requests answered", ["method", "route", "status"]
)
HTTP_SECONDS = Histogram("tramita_http_seconds", "Time to answer a request", ["route"])
OVERDUE = Gauge(
    "tramita_retention_overdue_seconds",
    "By how much the oldest row that is kept for a time is past it",
    ["rows"],
)
