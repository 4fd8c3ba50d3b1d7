#!/usr/bin/env python3
"""How many requests a second the HTTP edge answers, and how long one takes, beside python's http.server (and nginx).

    tests/bench/http_bench.py                     # programs out of build/bin, or MERGEGATE_BIN
    tests/bench/http_bench.py --seconds 5 --clients 32

One process asks over keep-alive connections, one thread each, so the figures are ratios of one machine under one load:
the client costs as much as the server and bounds what is seen. The rates of GET /healthz and of http.server are the
client's, where they are alike.
"""
import argparse
import http.server
import json
import multiprocessing
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from harness import BIN, CLEAN, free_address  # noqa: E402


def ask(address, request, until, times):
    """Sends `request` again and again over one connection; appends the seconds of each."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=60) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (begun := time.perf_counter()) < until:
            sock.sendall(request)
            data = b""
            while (head := data.find(b"\r\n\r\n")) < 0:
                data += sock.recv(65536)
            if not data.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
                raise RuntimeError(data.decode(errors="replace"))
            length = int(data[:head].lower().split(b"content-length:")[1].split(b"\r\n")[0])
            while len(data) < head + 4 + length:
                data += sock.recv(65536)
            times.append(time.perf_counter() - begun)


def measure(address, request, seconds, clients):
    """(requests a second, p50 ms, p99 ms)"""
    until, lists = time.perf_counter() + seconds, [[] for _ in range(clients)]
    threads = [threading.Thread(target=ask, args=(address, request, until, times)) for times in lists]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times = sorted(t for one in lists for t in one)
    return len(times) / seconds, times[len(times) // 2] * 1e3, times[len(times) * 99 // 100] * 1e3


class Ok(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one write an answer: two would wait for each other, 40 ms each
    disable_nagle_algorithm = True

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"ok\n")

    def log_message(self, *_):
        pass


def serve_python(port):
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Ok).serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="mergegate-bench-"))
    get = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    rows, stops = [], []
    try:
        python = free_address()
        process = multiprocessing.Process(target=serve_python, args=(int(python.split(":")[1]),), daemon=True)
        process.start()
        stops.append(process.terminate)
        gate, grpc = free_address(), free_address()
        server = subprocess.Popen([str(BIN / "mergegated"), "--data-dir", str(scratch / "data"), "--listen", grpc, "--http",
                                   gate, "--no-worker", "--log-level", "warn"], stdout=subprocess.PIPE, text=True, env=CLEAN)
        stops.append(server.terminate)
        if server.stdout.readline() != "ready\n":
            raise RuntimeError("mergegated did not start")
        token = (scratch / "data/token").read_text().strip()

        def call(method, message):
            body = json.dumps(message).encode()
            return (f"POST /mergegate.v1.{method} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                    f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body

        targets = [("python http.server, GET", python, get), ("mergegated, GET /healthz", gate, get),
                   ("mergegated, Connect WhoAmI", gate, call("AccessService/WhoAmI", {})),
                   ("mergegated, Connect ListProjects", gate, call("ProjectService/ListProjects", {}))]
        if shutil.which("nginx"):
            nginx = free_address()
            (scratch / "nginx.conf").write_text(
                f"worker_processes 2; pid {scratch}/pid; error_log {scratch}/error; events {{}}\n"
                f"http {{ access_log off; server {{ listen {nginx}; location / {{ return 200 'ok\\n'; }} }} }}\n")
            subprocess.run(["nginx", "-c", str(scratch / "nginx.conf")], check=True)
            stops.append(lambda: os.kill(int((scratch / "pid").read_text()), signal.SIGTERM))
            targets.insert(1, ("nginx, GET", nginx, get))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", int(python.split(":")[1]))).close()
                break
            except ConnectionRefusedError:
                pass
        for name, address, request in targets:
            rows.append((name, *measure(address, request, options.seconds, options.clients)))
        base = rows[0][1]
        print(f"{'':34} {'req/s':>9} {'ratio':>6} {'p50 ms':>8} {'p99 ms':>8}   ({options.clients} connections, "
              f"load {os.getloadavg()[0]:.0f})")
        for name, rate, p50, p99 in rows:
            print(f"{name:34} {rate:9.0f} {rate / base:6.2f} {p50:8.2f} {p99:8.2f}")
    finally:
        for stop in reversed(stops):
            stop()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
