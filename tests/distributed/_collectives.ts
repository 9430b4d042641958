/** What a rank does with a communicator, as the argument says; prints a line of JSON. */
import assert from "node:assert/strict";
import { connectMpi } from "../../distributed/mod.ts";
import { arange, array, multiply } from "../../ndarray/mod.ts";

const communicator = connectMpi();
const { rank, size } = communicator;
switch (Deno.args[0]) {
  case "collectives": {
    const wide = array([rank + 1, 10]);
    communicator.allReduce(wide);
    const narrow = new Float32Array([0.5, rank]);
    communicator.allReduce(narrow);
    const large = multiply(arange(300_000), rank + 1);
    const pending = communicator.startAllReduce(large);
    const second = communicator.startAllReduce(narrow.subarray(1));
    while (!pending.poll());
    second.wait();
    assert.ok(pending.poll());
    pending.wait();
    const sent = new Float64Array([rank, -rank, 7]);
    communicator.broadcast(sent, size - 1);
    communicator.barrier();
    communicator.close();
    communicator.close();
    console.log(JSON.stringify({
      rank,
      size,
      wide: wide.toArray(),
      narrow: Array.from(narrow),
      large: large.data[299_999],
      sent: Array.from(sent),
      description: communicator.description,
    }));
    break;
  }
  case "refusals":
    assert.throws(
      () => communicator.allReduce(array([1], "int32")),
      /allReduce: x must be a float32 or float64 array, got an NDArray of int32/,
    );
    assert.throws(() => communicator.startAllReduce([1] as never), TypeError);
    assert.throws(() => communicator.broadcast(new Float32Array(1), size), RangeError);
    assert.throws(() => connectMpi(), /connected already/);
    communicator.close();
    assert.throws(() => communicator.barrier(), /the communicator is closed/);
    assert.throws(() => communicator.allReduce(new Float32Array(1)), /closed/);
    break;
  case "leave":
    driveOn();
    if (rank === 0) communicator.barrier();
    break;
  case "fail":
    driveOn();
    communicator.whileDriving!(() => {
      communicator.startAllReduce(new Float32Array(1e6));
      if (rank === 1) throw new Error("this rank fails");
    });
    communicator.barrier();
    break;
  case "kill":
    driveOn();
    if (rank === 1) Deno.kill(Deno.pid, "SIGKILL");
    communicator.barrier();
}

/** Starts the thread that drives sums on, which must not keep a process from ending. */
function driveOn(): void {
  const sum = () => communicator.startAllReduce(new Float32Array(1000)).wait();
  communicator.whileDriving!(sum);
}
