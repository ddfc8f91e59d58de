"""Servers that do what no honest server does, a canary that counts who reaches it, and a local authority for TLS."""

from __future__ import annotations

import gzip
import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: Answers one request on its connection: the path, the whole request, the connection, and what ends the test.
Behaviour = Callable[[str, bytes, socket.socket, threading.Event], None]
MB = 1024 * 1024


class Server:
    """A server of threads on one loopback address; `behave` may hold its connection until `over` is set."""

    def __init__(
        self, behave: Behaviour, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None
    ) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((host, port))
        self._socket.listen(128)
        self._behave, self._context = behave, context
        self.host, self.port = host, int(self._socket.getsockname()[1])
        self.over = threading.Event()
        self.requests: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path: str = "/") -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._context else 'http'}://{host}:{self.port}{path}"

    def close(self) -> None:
        self.over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                part = connection.recv(65536)
                if not part:
                    break
                request += part
            if request:
                self.requests.append(request)
                self._behave(request.split(b" ", 2)[1].decode(), request, connection, self.over)
        with suppress(OSError):
            connection.close()


@contextmanager
def serving(
    behave: Behaviour, host: str = "127.0.0.1", port: int = 0, context: ssl.SSLContext | None = None
) -> Iterator[Server]:
    server = Server(behave, host, port, context)
    try:
        yield server
    finally:
        server.close()


class Canary(Server):
    """Counts connections, whatever they are for."""

    def __init__(self, host: str, port: int = 0) -> None:
        self._connections = 0
        self._knock = threading.Event()
        super().__init__(nothing, host, port)

    def connections(self) -> int:
        """How often somebody connected. Accepting is in order: once our own knock is in, so is all that came before."""
        self._knock.clear()
        with socket.socket(self._socket.family, socket.SOCK_STREAM) as knocking:
            knocking.connect((self.host, self.port))
            knocking.sendall(b"knock")
            self._knock.wait(10)
        return self._connections

    def forget(self) -> None:
        self._connections = 0

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            connection.settimeout(10)
            if connection.recv(5) == b"knock":
                self._knock.set()
            else:
                self._connections += 1
            connection.close()


# behaviours


def nothing(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None: ...


def answer(body: bytes = b"", status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """One whole answer; the connection ends with it."""
    lines = [f"HTTP/1.1 {status}", "Connection: close", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *headers]).encode() + b"\r\n\r\n" + body


def sending(*parts: bytes) -> Behaviour:
    """Sends the parts and ends."""

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def then_hanging(*parts: bytes) -> Behaviour:
    """Sends the parts and then nothing more, without end."""

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)
        over.wait()

    return behave


def endlessly(head: bytes, part: bytes, pause: float = 0.0) -> Behaviour:
    """Sends the part again and again; with a pause it drips."""

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(head)
        while not over.is_set():
            connection.sendall(part)
            if pause:
                over.wait(pause)

    return behave


def resetting(*parts: bytes) -> Behaviour:
    """Sends the parts and resets the connection."""

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()

    return behave


def by_path(behaviours: dict[str, Behaviour], otherwise: Behaviour | None = None) -> Behaviour:
    """Another behaviour for each path; 404 for those not named."""
    missing = otherwise or sending(answer(b"", "404 Not Found"))

    def behave(path: str, request: bytes, connection: socket.socket, over: threading.Event) -> None:
        behaviours.get(path, missing)(path, request, connection, over)

    return behave


def redirecting(to: str, status: str = "302 Found") -> Behaviour:
    return sending(answer(b"", status, f"Location: {to}"))


def packed(encoding: str, megabytes: int) -> bytes:
    """So many megabytes of nothing, packed small; made piece by piece."""
    piece = b"\0" * MB
    if encoding == "gzip":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        return b"".join([packer.compress(piece) for _ in range(megabytes)]) + packer.flush()
    if encoding == "deflate":
        packer = zlib.compressobj(9)
        return b"".join([packer.compress(piece) for _ in range(megabytes)]) + packer.flush()
    if encoding == "br":
        brotlis = brotli.Compressor(quality=5)
        return b"".join([brotlis.process(piece) for _ in range(megabytes)]) + brotlis.finish()
    if encoding == "zstd":
        return _zstd(piece, megabytes)
    if encoding == "gzip, gzip":
        return gzip.compress(packed("gzip", megabytes))
    raise ValueError(encoding)


def _zstd(piece: bytes, megabytes: int) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from backports import zstd
    # The widest window that a reader takes without being told to.
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    return b"".join([packer.compress(piece) for _ in range(megabytes)]) + bytes(packer.flush())


def bomb(encoding: str, megabytes: int = 50) -> Behaviour:
    return sending(answer(packed(encoding, megabytes), "200 OK", f"Content-Encoding: {encoding}"))


# certificates


def tls_context(folder: Path, kind: str) -> ssl.SSLContext:
    """The server: good, expired, wrong_host or self_signed; `folder`/ca.pem vouches for all but the last."""
    authority_key, authority = _authority(folder)
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [
        x509.DNSName("elsewhere.example")
        if kind == "wrong_host"
        else x509.IPAddress(ipaddress.IPv4Address("127.0.0.1"))
    ]
    signer, issuer = (key, _name("self")) if kind == "self_signed" else (authority_key, authority.subject)
    days = (-20, -10) if kind == "expired" else (-1, 10)
    certificate = (
        _draft(_name("self" if kind == "self_signed" else "server"), issuer, key, days)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(signer, hashes.SHA256())
    )
    path = folder / f"{kind}.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def _authority(folder: Path) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """The authority of the folder, made on first use."""
    path = folder / "ca.key"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        draft = _draft(_name("authority"), _name("authority"), key, (-30, 30))
        made = draft.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(
            key, hashes.SHA256()
        )
        (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    loaded = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return loaded, x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
    )
