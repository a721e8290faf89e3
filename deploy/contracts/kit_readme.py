"""The page to begin with, for whoever gets the kit and has nothing else of ours."""

from __future__ import annotations

README_NAME = "README.md"

README = """\
# Kết nối hệ thống của cơ quan với Liên Thông / Connecting an agency's system to Liên Thông

Phiên bản hợp đồng / version of the contract: {version}

## Tiếng Việt

Thư mục này có đủ những gì người viết chương trình kết nối cần; không cần mã nguồn của Liên Thông.

Chương trình của cơ quan đọc một hàng đợi (nhận bàn giao công đoạn, thông báo, văn bản đôn đốc, lời từ chối) và gửi lệnh
(tiếp nhận, hoàn thành, trả lại, cho ý kiến, ...) qua AMQP 0-9-1 (RabbitMQ). Mạng không cho AMQP đi qua thì dùng HTTP.

| đọc theo thứ tự | để biết |
| --- | --- |
| [docs/connect.md](docs/connect.md) | các bước, từ tài khoản đến lúc chạy thật |
| [docs/contracts/agencies.md](docs/contracts/agencies.md) | hợp đồng: phải đọc gì, gửi gì, khi nào |
| [docs/contracts/refusals.md](docs/contracts/refusals.md) | mọi mã từ chối, khi nào có và phải làm gì |
| [docs/delivery-guarantees.md](docs/delivery-guarantees.md) | điều được bảo đảm khi giao nhận, bảng thời gian gửi lại |

| dùng khi viết chương trình | là gì |
| --- | --- |
| [docs/contracts/schemas](docs/contracts/schemas) | JSON Schema 2020-12 của từng thông điệp, mỗi trường có giải thích |
| [docs/contracts/asyncapi.yaml](docs/contracts/asyncapi.yaml) | AsyncAPI 3.0: hàng đợi, exchange, thông điệp |
| [docs/contracts/examples](docs/contracts/examples) | một ví dụ hoàn chỉnh của từng thông điệp |
| [deploy/connector](deploy/connector) | chương trình mẫu: Java, Node (`examples`), Python |

Cần xin của quản trị: mã cơ quan, địa chỉ, tài khoản (một tệp cấu hình, chỉ hiện một lần). Trước khi nối vào hệ thống thật,
đề nghị quản trị chạy bộ thử: chương trình của bạn kết nối vào đó và nhận báo cáo từng quy tắc đạt hay không đạt.

`sha256sum --check SHA256SUMS` cho biết thư mục có nguyên vẹn không.

## English

This folder holds all that the author of a connector needs; nothing else of Liên Thông is needed.

The agency's program reads one queue (hand-overs of legs, notices, written requests, refusals) and sends commands (accept,
complete, return, give an opinion, ...) over AMQP 0-9-1 (RabbitMQ). Where the network lets no AMQP through, HTTP does.

| read in this order | to learn |
| --- | --- |
| [docs/connect.md](docs/connect.md) | the steps, from an account to the real system |
| [docs/contracts/agencies.md](docs/contracts/agencies.md) | the contract: what to read and to send, and when |
| [docs/contracts/refusals.md](docs/contracts/refusals.md) | every refusal, when it comes and what to do |
| [docs/delivery-guarantees.md](docs/delivery-guarantees.md) | what is promised of delivery, and when things are sent again |

| at hand while you write | what it is |
| --- | --- |
| [docs/contracts/schemas](docs/contracts/schemas) | JSON Schema 2020-12 of each message, every field explained |
| [docs/contracts/asyncapi.yaml](docs/contracts/asyncapi.yaml) | AsyncAPI 3.0: queue, exchange, messages |
| [docs/contracts/examples](docs/contracts/examples) | a whole example of each message |
| [deploy/connector](deploy/connector) | programs to begin from: Java, Node (`examples`), Python |

Ask the administrator for the agency's id, the address and the account (a file of settings, shown once). Before you connect to
the real system, ask for a trial: your program connects to the conformance kit and gets a report, rule by rule.

`sha256sum --check SHA256SUMS` says whether the folder is whole.
"""
