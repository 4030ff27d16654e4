"""The HTTP client of the processes among themselves, against a server of a few bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dialogue.loopback import Loopback, TooSlow, Unreachable

KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _with_server(handle: Handle, use: Callable[[Loopback], Awaitable[None]]) -> None:
    tasks: list[asyncio.Task[None]] = []

    async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.append(asyncio.current_task())  # type: ignore[arg-type]
        try:
            await handle(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handled, "127.0.0.1", 0)
    client = Loopback(
        "127.0.0.1", server.sockets[0].getsockname()[1], {"Authorization": "Bearer x"}
    )
    try:
        await use(client)
    finally:
        client.close()
        server.close()
        for task in tasks:
            task.cancel()


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    return head, await reader.readexactly(length)


def test_requests_share_a_connection_and_carry_headers_and_body() -> None:
    seen: list[tuple[int, bytes, bytes]] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            seen.append((id(writer), *(await _read(reader))))
            writer.write(KEPT[:20])
            await writer.drain()
            writer.write(KEPT[20:])

    async def use(client: Loopback) -> None:
        for body in (b"een", "twee é".encode(), b""):
            assert await client.post("/pad", body, 5) == (200, b"[]")

    asyncio.run(_with_server(handle, use))
    assert len({connection for connection, _, _ in seen}) == 1
    assert [body for _, _, body in seen] == [b"een", "twee é".encode(), b""]
    head = seen[0][1]
    assert head.startswith(b"POST /pad HTTP/1.1\r\n")
    assert b"Authorization: Bearer x\r\n" in head


def test_requests_at_once_do_not_mix() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, body = await _read(reader)
            await asyncio.sleep(0.05 if body == b"traag" else 0)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            writer.write(head + body)

    async def use(client: Loopback) -> None:
        bodies = [b"traag", b"a", b"b", b"traag", b"c"]
        found = await asyncio.gather(*(client.post("/", body, 5) for body in bodies))
        assert found == [(200, body) for body in bodies]

    asyncio.run(_with_server(handle, use))


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", b"geen HTTP\r\n\r\n"]
)
def test_half_an_answer_is_none_and_the_request_is_not_sent_again(answer: bytes) -> None:
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append((await _read(reader))[1])
        writer.write(answer)
        await writer.drain()

    async def use(client: Loopback) -> None:
        with pytest.raises(Unreachable):
            await client.post("/", b"x", 5)

    asyncio.run(_with_server(handle, use))
    assert requests == [b"x"]


def test_a_late_answer_is_not_taken_for_that_of_the_next_request() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            _, body = await _read(reader)
            if body == b"traag":
                await asyncio.sleep(0.3)
                writer.write(KEPT.replace(b"[]", b"ou"))
            else:
                writer.write(KEPT)

    async def use(client: Loopback) -> None:
        with pytest.raises(TooSlow):
            await client.post("/", b"traag", 0.1)
        call = asyncio.create_task(client.post("/", b"traag", 5))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        for _ in range(3):
            await asyncio.sleep(0.15)
            assert await client.post("/", b"x", 5) == (200, b"[]")

    asyncio.run(_with_server(handle, use))


def test_a_connection_that_the_server_closes_is_replaced() -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read(reader)
        writer.write(KEPT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    async def use(client: Loopback) -> None:
        for _ in range(3):
            assert await client.post("/", b"x", 5) == (200, b"[]")

    asyncio.run(_with_server(handle, use))


def test_nobody_on_the_port_is_told_at_once() -> None:
    async def use() -> None:
        with pytest.raises(Unreachable):
            await Loopback("127.0.0.1", 1, {}).post("/", b"x", 5)

    asyncio.run(use())
