import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { fileURLToPath } from "node:url";
import { joinPath, pathOf, splitPath } from "../../internal/paths.ts";

/** Runs as if the system were Windows. */
function onWindows(work: () => void): void {
  const real = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  Object.defineProperty(globalThis, "Deno", { ...real, value: { build: { os: "windows" } } });
  try {
    work();
  } finally {
    Object.defineProperty(globalThis, "Deno", real);
  }
}

Deno.test("splitPath() gives what node:path's dirname and basename give", () => {
  const paths = [
    "a",
    "/a",
    "a/b",
    "/a/b/c.txt",
    "./a",
    "../a",

    "a/b/",
    "/",
    "",
    "a\\b",
    ".",
  ];
  for (const path of paths) {
    const [folder, name] = [posix.dirname(path), posix.basename(path)];
    assert.deepEqual(splitPath(path), { folder, name }, path);
  }
  onWindows(() => {
    for (const path of ["a", "\\a", "a\\b", "C:\\a", "C:\\a\\b.txt", "C:/a/b", "a/b\\c", "..\\a"]) {
      const [folder, name] = [win32.dirname(path), win32.basename(path)];
      assert.deepEqual(splitPath(path), { folder, name }, path);
    }
  });
});

Deno.test("pathOf() gives what node:url's fileURLToPath gives, and refuses other URLs", () => {
  for (const url of ["file:///a/b%20c.txt", "file:///%C3%A4/x"]) {
    assert.equal(pathOf(new URL(url), "f"), fileURLToPath(url));
  }
  onWindows(() => {
    assert.equal(pathOf(new URL("file:///C:/a/b%20c.txt"), "f"), "C:\\a\\b c.txt");
    assert.equal(pathOf(new URL("file://server/share/x"), "f"), "\\\\server\\share\\x");
  });
  assert.equal(pathOf("a/b%20c", "f"), "a/b%20c");
  assert.throws(() => pathOf(new URL("https://example.org/a"), "f", "dir"), {
    name: "TypeError",
    message: "f: dir must be a file path or a file: URL, got https://example.org/a",
  });
});

Deno.test("joinPath() takes the system's separator", () => {
  assert.equal(joinPath("a", "b"), "a/b");
  onWindows(() => assert.equal(joinPath("a", "b"), "a\\b"));
});
