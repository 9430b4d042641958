"""Runs cells in Deno's Jupyter kernel and prints what each displays, one JSON object a line.

Cells come as a JSON list on standard input; one with "interrupt" is interrupted after so many seconds.
"""
import json
import sys
import time

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

manager = KernelManager()
manager._kernel_spec = KernelSpec(
    argv=[sys.argv[1], "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name="Deno",
    language="typescript",
    interrupt_mode="message",
)
manager.start_kernel(cwd=sys.argv[2])
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    for cell in json.load(sys.stdin):
        request = client.execute(cell["code"])
        if "interrupt" in cell:
            time.sleep(cell["interrupt"])
            manager.interrupt_kernel()
        shown, text, error = {}, "", None
        while True:
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind in ("execute_result", "display_data"):
                shown.update(content["data"])
            elif kind == "stream":
                text += content["text"]
            elif kind == "error":
                error = content["evalue"] or content["ename"]
            elif kind == "status" and content["execution_state"] == "idle":
                break
        print(json.dumps({"shown": shown, "text": text, "error": error}), flush=True)
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
