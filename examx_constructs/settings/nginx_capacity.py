"""How many clients nginx takes at a time: so many that their buffers fit its memory, and their files its volume.

nginx knows no limit of memory. It gives each connection and each request buffers of their own, so what it may take is
counted from them. Connections x buffers <= the container's limit, and files on their way <= the volume. Sources of the
sizes: nginx 1.31.3, ngx_http_request.c (large_client_header_buffers), ngx_http_upstream.c (proxy_buffers) and
ngx_http_gzip_filter_module.c (ngx_http_gzip_filter_memory: what zlib takes).
"""

from fractions import Fraction

from examx_constructs.settings._value import value
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import SettingError

PROCESSES = 2
"""nginx's worker processes: while one waits for a disk, the other goes on."""

KIB, MIB = 1024, 1024**2
LINE_BUFFER, HEADER_BUFFERS, HEADER_BUFFER = 4 * KIB, 2, 64 * KIB
"""A request's header: its first buffer, then so many larger ones.

The load balancer lets 64 KB of headers through (AWS, quotas of Application Load Balancers): a client's certificate
chain can fill one line of them.
"""
BODY_BUFFER = 16 * KIB
"""A body's part in memory; what is longer goes to a file."""
ANSWER_HEADER, ANSWER_BUFFERS, ANSWER_BUFFER = 32 * KIB, 4, 16 * KIB
"""An answer of gunicorn: its header, then its body."""
GZIP_BUFFERS, GZIP_BUFFER, GZIP_STATE = 4, 16 * KIB, 264 * KIB
LEAST_ANSWER_FILE, MOST_ANSWER_FILE = MIB, 16 * MIB
"""What of an answer goes to a file while its client reads slowly. Beyond it, a thread of gunicorn waits for it."""

_POOLS = 8 * KIB
_PER_CONNECTION = LINE_BUFFER + HEADER_BUFFERS * HEADER_BUFFER + _POOLS
_PER_REQUEST = (
    BODY_BUFFER + ANSWER_HEADER + ANSWER_BUFFERS * ANSWER_BUFFER + GZIP_BUFFERS * GZIP_BUFFER + GZIP_STATE + 2 * _POOLS
)
_ITSELF = 48 * MIB
"""The processes without a client: nginx, the one that answers probes, and a pre-stop command beside them."""
_CONNECTIONS_PER_REQUEST = 5
"""Both connections of a request, to its client and to gunicorn, may be of one process, which has half of all.

Two fifths of all do for the requests. The process has a fifth of its own left for those that wait or are turned away.
"""
_MOST_CONNECTIONS = 3500
"""With more, each would have less of the volume: files of 700 answers of 11 MiB are 8 GiB. And a client's three
quarters of the 700 requests let a hall of 500 pupils behind one address send their answers at one moment."""
_FOR_ANSWERS = Fraction(1, 2)
"""Of the volume, that is: the rest is for bodies."""
_LEAST_CONNECTIONS = 100
_BODY_DIGITS = (6, 7, 8, 9)
"""Bodies are told apart by how many digits their length has: 1, 10, 100 MB, 1 GB. nginx compares text, not numbers."""
_LEAST_MEMORY = Quantity("72Mi")


@value
class BodyTier:
    """Bodies whose length has so many digits, how large they are at most, and how many may be on their way at a time.

    None: all larger ones, up to the largest body.
    """

    digits: int | None
    size: Quantity
    most: int


@value
class NginxCapacity:
    """What fits: `memory` is the container's limit, `scratch` the volume's, `largest_body` what a request may be.

    Raises SettingError where not even a few clients fit, or not even one of the largest bodies.
    """

    memory: Quantity
    scratch: Quantity
    largest_body: Quantity

    def __attrs_post_init__(self) -> None:
        if self._connections_by_memory < _LEAST_CONNECTIONS:
            raise SettingError(
                "BackendSettings.nginx_resources.memory_limit",
                self.memory,
                f"the least is {_LEAST_MEMORY}: nginx needs buffers for {_LEAST_CONNECTIONS} connections",
            )
        if self.connections < _LEAST_CONNECTIONS:
            least = int(self.largest_body.amount) + _LEAST_CONNECTIONS // _CONNECTIONS_PER_REQUEST * 2 * MIB
            raise SettingError(
                "NginxSettings.scratch_size",
                self.scratch,
                f"the least is {-(-least // MIB)}Mi: the largest body, {self.largest_body}, and small files of other "
                "requests, or one allowed upload would evict the pod",
            )

    @property
    def connections(self) -> int:
        """All connections of clients and to gunicorn, at most."""
        most = min(self._connections_by_memory, self._connections_by_scratch, _MOST_CONNECTIONS)
        return max(0, most) // 2 * 2

    @property
    def _connections_by_memory(self) -> int:
        room = int(self.memory.amount) - _ITSELF
        return room // (_PER_CONNECTION + -(-_PER_REQUEST // _CONNECTIONS_PER_REQUEST))

    @property
    def _connections_by_scratch(self) -> int:
        room = int(self.scratch.amount - self.largest_body.amount)
        return room // (LEAST_ANSWER_FILE + MIB) * _CONNECTIONS_PER_REQUEST

    @property
    def worker_connections(self) -> int:
        """Those of one process."""
        return self.connections // PROCESSES

    @property
    def requests(self) -> int:
        """Requests at a time. One more is answered with 503."""
        return self.connections // _CONNECTIONS_PER_REQUEST

    @property
    def requests_with_body(self) -> int:
        """Those of them that may have a body: slow uploads leave a quarter to who only reads."""
        return self.requests * 3 // 4

    @property
    def answer_file(self) -> int:
        """How many bytes of an answer may go to a file: what all requests together leave room for, in whole MiB."""
        room = min(int(self.scratch.amount * _FOR_ANSWERS), self._beside_largest)
        each = room // self.requests // MIB * MIB
        return max(LEAST_ANSWER_FILE, min(each, MOST_ANSWER_FILE))

    @property
    def tiers(self) -> tuple[BodyTier, ...]:
        """Bodies that may go to a file, by their size: each size gets its share of the volume, smallest first."""
        sizes = {10**digits: digits for digits in _BODY_DIGITS if 10**digits < self.largest_body.amount}
        smallest, *larger = [*sizes, int(self.largest_body.amount)]
        free, tiers = int(self._for_bodies), list[BodyTier]()
        for size in reversed(larger):
            # Half of what is left, but for the last: what is smaller needs a place beside what is larger.
            share = free if size == larger[0] else free // 2
            most = min(max(share // size, 1), free // size, self.requests_with_body)
            if most:
                tiers.append(BodyTier(digits=sizes.get(size), size=_bytes(size), most=most))
                free -= most * size
        first = BodyTier(digits=sizes.get(smallest), size=_bytes(smallest), most=self.requests_with_body)
        return (first, *reversed(tiers))

    @property
    def _for_bodies(self) -> int:
        """The volume without answers on their way, and without the smallest bodies."""
        return int(self.scratch.amount) - self.requests * self.answer_file - self._smallest

    @property
    def _beside_largest(self) -> int:
        return int(self.scratch.amount - self.largest_body.amount) - self._smallest

    @property
    def _smallest(self) -> int:
        return self.requests_with_body * min(MIB, int(self.largest_body.amount))


def _bytes(number: int) -> Quantity:
    return Quantity(str(number))
