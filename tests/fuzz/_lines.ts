/** The lines of a stream of bytes. */
export class TextLineStream {
  readonly readable: ReadableStream<string>;
  readonly writable: WritableStream<BufferSource>;

  constructor() {
    const decoder = new TextDecoderStream();
    let rest = "";
    const lines = new TransformStream<string, string>({
      transform(text, controller) {
        const parts = (rest + text).split("\n");
        rest = parts.pop()!;
        for (const line of parts) controller.enqueue(line);
      },
    });
    this.writable = decoder.writable;
    this.readable = decoder.readable.pipeThrough(lines);
  }
}
