#!/usr/bin/env python3
"""Asks the Volact agent of this machine for the license of a product and verifies all of it.

Needs Python 3.8 and the `openssl` command (3.0 or newer), nothing else. docs/protocol.md says what each step checks; its
sections stand in the comments. The agent is believed in nothing: the worst that a false one can do is to say no.
"""
import argparse
import base64
import hashlib
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid

ARC = "2.25.209985887287583444754453867910344036917"  # §2.2
HOST_RECEIPT, ENTITLEMENT = ARC + ".1.1", ARC + ".2.1"
CONTEXT = "volact agent proof v1"  # §6.6
# What `openssl x509 -ext` prints of the certificate of a host.
LEAF = (
    "X509v3 Basic Constraints: critical CA:FALSE X509v3 Key Usage: critical Digital Signature "
    "X509v3 Extended Key Usage: critical " + HOST_RECEIPT
)
# SubjectPublicKeyInfo of a P-256 key, up to the two coordinates.
P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


class Refused(Exception):
    """Says in one sentence why there is no license."""


# How bytes of another shape than expected show, beside the refusals.
MALFORMED = (Refused, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, subprocess.SubprocessError)

PATIENCE = 30  # Seconds for all of it: an agent that sends a byte now and then would never end.


def require(holds, why):
    if not holds:
        raise Refused(why)


# --- CBOR, in the one encoding that a value has (§1.1) ---------------------------------------------------------------


class Tag:
    def __init__(self, number, value):
        self.number, self.value = number, value


def decode(data):
    value, end = item(data, 0, 0)
    require(end == len(data), "there are bytes after the end of a value")
    return value


def item(data, at, depth):
    require(at < len(data) and depth < 16, "a value is cut short, or too deep")
    major, info = data[at] >> 5, data[at] & 31
    if major == 7:
        require(info in (20, 21, 22), "a value is of a kind that is not used here")
        return {20: False, 21: True, 22: None}[info], at + 1
    number, at = head(data, at + 1, info)
    if major < 2:
        return (number if major == 0 else -1 - number), at
    if major < 4:
        require(number <= len(data) - at, "a value is cut short")
        raw = data[at : at + number]
        return (raw if major == 2 else raw.decode("utf-8")), at + number
    if major == 6:
        value, at = item(data, at, depth + 1)
        return Tag(number, value), at
    values, begin, last = [], at, b""
    for index in range(number * (2 if major == 5 else 1)):
        begin = at
        value, at = item(data, at, depth + 1)
        if major == 5 and index % 2 == 0:
            require(last < data[begin:at] and type(value) in (int, str), "the keys of a map are not in order")
            last = data[begin:at]
        values.append(value)
    return (values if major == 4 else dict(zip(values[::2], values[1::2]))), at


def head(data, at, info):
    if info < 24:
        return info, at
    require(info < 28, "a value has no definite length")
    size = 1 << (info - 24)
    require(at + size <= len(data), "a value is cut short")
    number = int.from_bytes(data[at : at + size], "big")
    require(number < 1 << 53, "a number is too large")
    require(number >= (24, 1 << 8, 1 << 16, 1 << 32)[info - 24], "a number is not in its shortest form")
    return number, at + size


def encode_head(major, number):
    for info, limit in enumerate((1 << 8, 1 << 16, 1 << 32, 1 << 64)):
        if number < 24:
            return bytes([major << 5 | number])
        if number < limit:
            return bytes([major << 5 | 24 + info]) + number.to_bytes(1 << info, "big")


# --- openssl ---------------------------------------------------------------------------------------------------------


class OpenSSL:
    """Runs the command in a folder of its own, in which certificates and signatures lie as files."""

    def __init__(self, folder):
        self.folder = folder

    def file(self, name, content):
        with open(os.path.join(self.folder, name), "wb") as out:
            out.write(content)
        return name

    def run(self, *args):
        done = subprocess.run(("openssl",) + args, cwd=self.folder, capture_output=True, timeout=60)
        return done.stdout if done.returncode == 0 else None

    def holds(self, spki, signature, data):
        """Whether a P-256 key has signed the data with ES256; the signature is r and s, 32 bytes each (§1.4)."""
        require(spki[: len(P256)] == P256 and len(spki) == len(P256) + 64, "a key is no P-256 key")
        require(len(signature) == 64, "a signature has the wrong length")
        integers = b"".join(der(2, unsigned(part)) for part in (signature[:32], signature[32:]))
        key = b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(spki) + b"-----END PUBLIC KEY-----\n"
        names = self.file("key.pem", key), self.file("signature", der(0x30, integers)), self.file("data", data)
        return self.run("dgst", "-sha256", "-verify", names[0], "-signature", names[1], names[2]) is not None


def unsigned(part):
    short = part.lstrip(b"\0") or b"\0"
    return b"\0" + short if short[0] & 0x80 else short


def der(tag, content):
    return bytes([tag, len(content)]) + content  # Nothing here is longer than 127 bytes.


# --- COSE (§3.1) -----------------------------------------------------------------------------------------------------


def parse_sign1(data):
    """Gives protected header, its bytes, unprotected header, payload and signature of a COSE_Sign1."""
    tagged = decode(data)
    require(isinstance(tagged, Tag) and tagged.number == 18 and len(tagged.value) == 4, "this is no COSE_Sign1")
    protected, unprotected, payload, signature = tagged.value
    return decode(protected), protected, unprotected, payload, signature


def signed_bytes(protected, payload):
    parts = (b"\x84\x6aSignature1", encode_head(2, len(protected)), protected, b"\x40", encode_head(2, len(payload)))
    return b"".join(parts) + payload


def sha256(data):
    return hashlib.sha256(data).digest()


# --- The steps -------------------------------------------------------------------------------------------------------


def ask(path, product, nonce, uid):
    """Asks the agent (docs/agent.md)."""

    class Connection(http.client.HTTPConnection):
        def connect(self):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(10)
            self.sock.connect(path)

    body = {"nonce": base64.urlsafe_b64encode(nonce).rstrip(b"=").decode(), "uid": uid}
    connection = Connection("localhost")
    try:
        connection.request("POST", "/v1/licenses/%s/proof" % product, json.dumps(body))
        answer = json.loads(connection.getresponse().read(131072))
    except (OSError, http.client.HTTPException) as error:
        raise Refused("no agent answers on %s: %s" % (path, error)) from None
    finally:
        connection.close()
    refusal = answer.get("error", {}).get("message", "")
    require("error" not in answer, re.sub("[^ -~]", "?", refusal))
    return base64.b64decode(answer["leaseFile"], validate=True), base64.b64decode(answer["proof"], validate=True)


def verify_chain(openssl, chain, root, at):
    """The path of the host's certificate to the pinned root, for its one use, at the time of the receipt (§2.3)."""
    require(1 <= len(chain) <= 4, "the chain has no or too many certificates")
    pems = [openssl.run("x509", "-inform", "DER", "-in", openssl.file("one.der", one)) for one in chain]
    require(None not in pems, "a certificate cannot be read")
    leaf = openssl.file("leaf.pem", pems[0])
    others = ("-untrusted", openssl.file("others.pem", b"".join(pems[1:]))) if len(pems) > 1 else ()
    only = ("-no-CApath", "-no-CAstore", "-CAfile", openssl.file("root.pem", root))
    done = openssl.run("verify", "-x509_strict", "-attime", str(at), *only, *others, leaf)
    require(done is not None, "the certificate of the host does not lead to the root of the vendor")
    # Leading to the root is never enough: a key that signs packs does, too. The one use of this key must be ours (rule 2).
    said = openssl.run("x509", "-in", leaf, "-noout", "-ext", "basicConstraints,keyUsage,extendedKeyUsage") or b""
    require(" ".join(said.decode().split()) == LEAF, "the certificate of the host is for something else")
    pem = openssl.run("x509", "-in", leaf, "-noout", "-pubkey") or b""
    return base64.b64decode(b"".join(pem.split(b"\n")[1:-2]))


def read_entitlement(openssl):
    """What the vendor has certified for the host whose chain was verified (§2.4)."""
    lines = (openssl.run("asn1parse", "-in", "leaf.pem") or b"").decode().split("\n")
    at = [n for n, line in enumerate(lines) if line.endswith(":" + ENTITLEMENT)]
    require(len(at) == 1, "the certificate of the host has no entitlement")
    value = bytes.fromhex(re.sub(r".*\[HEX DUMP\]:", "", lines[at[0] + 1]))
    # An OCTET STRING inside that of the extension: its head is skipped, whatever its length takes.
    entitlement = decode(value[2 + (value[1] & 0x7F if value[1] & 0x80 else 0) :])
    require(set(entitlement.get(0, [])) <= set(range(1, 18)), "the entitlement has something that must be understood")
    return entitlement


def root_of(entry, index, size, path):
    """The root that the entry and its path lead to (RFC 9162 §2.1.3.2)."""
    require(0 <= index < size and all(len(node) == 32 for node in path), "the receipt proves no place")
    node, last = sha256(b"\0" + entry), size - 1
    for sibling in path:
        require(last > 0, "the receipt proves no place")
        if index & 1 or index == last:
            node = sha256(b"\1" + sibling + node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + sibling)
        index, last = index >> 1, last >> 1
    require(last == 0, "the receipt proves no place")
    return node


def verify_lease(openssl, lease_file, policy, now):
    """All of §10 that needs no request; gives the claims."""
    mark, version, entry, receipt, chain = decode(lease_file)
    require((mark, version) == ("volact-lease", 1), "this is no lease file")
    header, protected, unprotected, payload, signature = parse_sign1(receipt)
    size, at, log = header[-65537], header[-65538], header[-65539]
    require(set(header) == {1, 16, 34, 395, -65537, -65538, -65539} and payload is None, "this is no receipt")
    require((header[1], header[395]) == (-9, 1), "the receipt has another algorithm")
    require(header[16] == "application/volact-host-receipt+cose", "this is no receipt of a host")
    require(header[34] == [-16, sha256(chain[0])], "the receipt is of another certificate")
    spki = verify_chain(openssl, chain, policy.root, at)
    require(set(unprotected) == {396} and set(unprotected[396]) == {-1}, "the receipt has other proofs")
    [inclusion] = unprotected[396][-1]
    of, index, path = decode(inclusion)
    require(of == size, "the receipt is of another tree than the signed one")  # RFC 9942 does not sign it (rule 21).
    root = root_of(entry, index, size, path)
    require(openssl.holds(spki, signature, signed_bytes(protected, root)), "the receipt is not signed by the host")
    tagged = decode(entry)
    require(isinstance(tagged, Tag) and tagged.number == 601, "the entry is no grant")
    claims, entitlement = tagged.value, read_entitlement(openssl)
    require(entitlement[11] == log, "the receipt is from another ledger than the one of the certificate")  # Rule 7.
    require((claims[1], claims[-65545]) == ("volact:log:" + log.hex(), index), "the grant names another place")
    require(claims[2] == "volact:machine:" + claims[8][5].hex(), "the grant names two machines")
    verify_terms(claims, entitlement, policy)
    require(claims[5] <= claims[6] <= at and claims[6] < claims[4], "the times of the grant do not fit")
    require(verify_chain(openssl, chain, policy.root, claims[4] - 1), "the lease outlasts a certificate")  # Rule 6.
    require(claims[5] <= now < claims[4], "the lease is over, or has not begun")
    return claims


def verify_terms(claims, entitlement, policy):
    """That the host may grant this product, to so many machines (§10, steps 6 and 7)."""
    require(claims[-65537] == policy.product.bytes, "the lease is for another product")
    covered = any(group == policy.group and policy.generation <= up_to for group, up_to in entitlement[3])
    require(covered, "the host is not certified for this product")
    certified = entitlement.get(4, {}).get(policy.family)
    source, least = (0, policy.threshold) if certified is None else (1, certified)
    require(claims[-65541] == source and claims[-65540] >= least, "the grant has another threshold")
    require(claims[-65539] >= claims[-65540], "the host has not seen enough machines")


def verify_proof(openssl, proof, machine, asked):
    """That the machine of the lease is here and has answered just now (§6.6)."""
    header, protected, unprotected, payload, signature = parse_sign1(proof)
    require(set(header) == {1, 4, 16} and unprotected == {} and header[1] == -9, "this is no proof")
    require(header[16] == "application/volact-agent-proof+cose", "this is no proof of an agent")
    claims = decode(payload)
    require(not set(k for k in claims if k >= 0) - {1, 2, 4, 5, 8, 17, 18, 19}, "the proof says something unknown")
    key = claims[5]
    require((key.get(1), key.get(-1), len(key)) == (2, 1, 4), "the device key is no P-256 key")
    require(len(key[-2]) == len(key[-3]) == 32, "the device key is no P-256 key")
    thumbprint = sha256(b"\xa4\x01\x02\x20\x01\x21\x58\x20" + key[-2] + b"\x22\x58\x20" + key[-3])  # RFC 9679
    require(thumbprint == header[4] == machine, "the lease is of another machine: its key is not here")
    require(openssl.holds(P256 + key[-2] + key[-3], signature, signed_bytes(protected, payload)), "the proof is forged")
    said = (claims[1], claims[17], claims[2], claims[4], claims[18], claims[19])
    require(said == (1, CONTEXT) + asked, "the proof answers something else than what was asked")


def read(name):
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        sys.exit("not licensed: the root cannot be read: %s" % error)


def give_up(*_):
    raise Refused("the agent takes too long")


def main():
    parser = argparse.ArgumentParser(description="Says whether a product is licensed on this machine.")
    parser.add_argument("--socket", default="/run/volact/agent.sock")
    parser.add_argument("--root", required=True, help="PEM file, pinned")
    parser.add_argument("--product", required=True, type=uuid.UUID, help="activation ID")
    parser.add_argument("--group", required=True, type=int, help="number of the product's key group")
    parser.add_argument("--generation", required=True, type=int)
    parser.add_argument("--family", required=True, help="slug of the product's family")
    parser.add_argument("--threshold", required=True, type=int, help="of the family")
    policy = parser.parse_args()
    policy.root = read(policy.root)
    nonce, uid, now = secrets.token_bytes(32), os.getuid(), int(time.time())
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        with tempfile.TemporaryDirectory() as folder:
            openssl = OpenSSL(folder)
            lease_file, proof = ask(policy.socket, policy.product, nonce, uid)
            claims = verify_lease(openssl, lease_file, policy, now)
            asked = (nonce, policy.product.bytes, uid, sha256(lease_file))
            verify_proof(openssl, proof, claims[8][5], asked)
    except Refused as why:
        sys.exit("not licensed: %s" % why)
    except OSError as error:
        sys.exit("not licensed: openssl cannot be run: %s" % error)
    except MALFORMED as error:
        sys.exit("not licensed: what the agent says is malformed (%s)" % type(error).__name__)
    print("licensed until %s" % time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(claims[4])))


if __name__ == "__main__":
    main()
