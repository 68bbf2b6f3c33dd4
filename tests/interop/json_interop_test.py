#!/usr/bin/env python3
"""Our JSON and python3-protobuf's are the same, for every message type of the contract, both ways.

usage: json_interop_test.py PROTO_DIR JSON_CONVERT [PROTOC]
"""
import importlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile

from google.protobuf import json_format, timestamp_pb2
from google.protobuf.descriptor import FieldDescriptor as Field

INTEGERS = {
    Field.TYPE_INT32: (-2**31, 2**31 - 1), Field.TYPE_SINT32: (-2**31, 2**31 - 1),
    Field.TYPE_SFIXED32: (-2**31, 2**31 - 1), Field.TYPE_UINT32: (0, 2**32 - 1), Field.TYPE_FIXED32: (0, 2**32 - 1),
    Field.TYPE_INT64: (-2**63, 2**63 - 1), Field.TYPE_SINT64: (-2**63, 2**63 - 1),
    Field.TYPE_SFIXED64: (-2**63, 2**63 - 1), Field.TYPE_UINT64: (0, 2**64 - 1), Field.TYPE_FIXED64: (0, 2**64 - 1),
}
TEXTS = ["", "A", "safety-yu", "三零平安县", "省市县乡村", "a\"b\\c/d", "line\nend\ttab\r\b\f\x01\x1f\x7f", "😀🐉",
         "<&>'", "\u0080\u07ff\u0800\ud7ff\ue000\uffff", "\u2028\u2029", "2024-05-01", "很长" * 500]
SECONDS = [0, 1, -1, -62135596800, 253402300799, 951782400, 1709164800, 1714550400, 4107542400, -2208988800]
NANOS = [0, 1, 10, 1000, 123000, 1000000, 120000000, 123456789, 999999999, 500000000]


def scalar(field, chance):
    if field.type in INTEGERS:
        low, high = INTEGERS[field.type]
        return chance.choice([low, high, max(low, -1), 0, 1, 127, 128, 2**31 - 1, min(high, 2**53 + 1), high - 1,
                              chance.randint(low, high)])
    if field.type == Field.TYPE_BOOL:
        return chance.random() < 0.5
    if field.type == Field.TYPE_ENUM:
        return chance.choice(field.enum_type.values).number
    if field.type == Field.TYPE_STRING:
        return chance.choice(TEXTS)
    if field.type == Field.TYPE_BYTES:
        return bytes(chance.randrange(256) for _ in range(chance.choice([0, 1, 2, 3, 4, 31, 32, 300])))
    if field.type in (Field.TYPE_DOUBLE, Field.TYPE_FLOAT):
        return chance.choice([0.0, 0.5, -1.25, 1e10, 0.1, float("inf")])
    raise AssertionError(f"{field.full_name}: a kind of field this test does not know")


def populate(message, chance, turn):
    """Fills a message; `turn` picks the member of each of the outermost message's oneofs, so that each has its turn."""
    if isinstance(message, timestamp_pb2.Timestamp):
        message.seconds, message.nanos = chance.choice(SECONDS), chance.choice(NANOS)
        return
    chosen = {oneof.name: oneof.fields[turn % len(oneof.fields)] for oneof in message.DESCRIPTOR.oneofs}
    for field in message.DESCRIPTOR.fields:
        oneof = field.containing_oneof
        if oneof is not None and chosen[oneof.name] is not field or oneof is None and chance.random() < 0.25:
            continue
        if field.label == Field.LABEL_REPEATED:
            for _ in range(chance.randrange(4)):
                if field.type == Field.TYPE_MESSAGE:
                    populate(getattr(message, field.name).add(), chance, chance.randrange(1000))
                else:
                    getattr(message, field.name).append(scalar(field, chance))
        elif field.type == Field.TYPE_MESSAGE:
            getattr(message, field.name).SetInParent()
            populate(getattr(message, field.name), chance, chance.randrange(1000))
        else:
            setattr(message, field.name, scalar(field, chance))


def messages_of(cls):
    """An empty one, and enough others that every member of every oneof has two turns."""
    turns = 2 * max([4] + [len(oneof.fields) for oneof in cls.DESCRIPTOR.oneofs])
    yield cls()
    for turn in range(turns):
        message = cls()
        populate(message, random.Random(f"{cls.DESCRIPTOR.full_name} {turn}"), turn)
        yield message


def load_types(proto_dir, protoc, generated):
    """The class of every message type with a field, or that is a field's type. The others only name their enums."""
    files = sorted(path.name for path in pathlib.Path(proto_dir).glob("*.proto"))
    subprocess.run([protoc, f"--python_out={generated}", f"-I{proto_dir}", *files], check=True)
    sys.path.insert(0, generated)
    classes, used = [], set()

    def collect(cls):
        classes.append(cls)
        used.update(field.message_type.full_name for field in cls.DESCRIPTOR.fields if field.message_type)
        for nested in cls.DESCRIPTOR.nested_types:
            collect(getattr(cls, nested.name))

    for name in files:
        module = importlib.import_module(name.removesuffix(".proto") + "_pb2")
        for message in module.DESCRIPTOR.message_types_by_name:
            collect(getattr(module, message))
    return [cls for cls in classes if cls.DESCRIPTOR.fields or cls.DESCRIPTOR.full_name in used]


def pairs(text):
    """JSON with the order of keys kept."""
    return json.loads(text, object_pairs_hook=lambda items: ["object", *items])


def convert(program, lines):
    done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, encoding="utf-8", check=True)
    answers = done.stdout.split("\n")[:-1]
    if len(answers) != len(lines):
        raise SystemExit(f"{program}: {len(lines)} questions, {len(answers)} answers")
    return answers


def json_difference(message, answer):
    expected = json_format.MessageToJson(message)
    if answer.startswith("!"):
        return answer
    if pairs(answer) != pairs(expected):
        return f"expected {json.dumps(json.loads(expected), ensure_ascii=False)}\n     got {answer}"
    if json_format.Parse(answer, type(message)()) != message:
        return f"python reads another message from {answer}"
    return None


def bytes_difference(message, question, answer):
    if answer.startswith("!"):
        return f"{answer}\n    from {question}"
    if type(message).FromString(bytes.fromhex(answer)) != message:
        return f"another message from {question}"
    return None


def spellings(message):
    """What python can write for a message; each must come back as the same one."""
    for options in ({}, {"preserving_proto_field_name": True}, {"use_integers_for_enums": True},
                    {"including_default_value_fields": True}):
        yield json_format.MessageToJson(message, indent=None, ensure_ascii=bool(options), **options)


def main(proto_dir, program, protoc="protoc"):
    with tempfile.TemporaryDirectory() as generated:
        classes = load_types(proto_dir, protoc, generated)
    messages = [message for cls in classes for message in messages_of(cls)]
    differences = []

    lines = [f"{message.DESCRIPTOR.full_name} {message.SerializeToString().hex()}" for message in messages]
    for message, answer in zip(messages, convert(program, lines)):
        differences.append((message, json_difference(message, answer)))

    questions = [(message, text) for message in messages for text in spellings(message)]
    lines = [f"{message.DESCRIPTOR.full_name} {text}" for message, text in questions]
    for (message, text), answer in zip(questions, convert(program, lines)):
        differences.append((message, bytes_difference(message, text, answer)))

    differences = [(message, text) for message, text in differences if text is not None]
    for message, text in differences[:20]:
        print(f"{message.DESCRIPTOR.full_name}: {text}", file=sys.stderr)
    print(f"{len(classes)} types, {len(messages)} messages, {len(questions)} JSON texts, "
          f"{len(differences)} differences")
    return 1 if differences or not classes else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
