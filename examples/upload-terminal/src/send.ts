import { createReadStream } from "node:fs";

import * as tus from "tus-js-client";

import type { Progress } from "./progress.js";

/** How long to wait before each further try; an upload waits on the server for a day. */
const PATIENCE_MS = [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];

/**
 * Sends a file to the address of its upload, from where the server has it. A lost connection is taken up again; what
 * the server refuses for good is thrown.
 */
export function send(path: string, size: number, url: string, progress: Progress): Promise<void> {
  return new Promise((resolve, reject) => {
    let wasLost = false;
    const upload = new tus.Upload(createReadStream(path), {
      uploadUrl: url,
      uploadSize: size,
      retryDelays: PATIENCE_MS,
      onProgress: (sent, total) => {
        if (wasLost) progress.say("connected again");
        wasLost = false;
        progress.show(sent, total);
      },
      onShouldRetry: (error) => {
        const status = "originalResponse" in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
        // Somebody else may hold the upload for a moment, and servers come back.
        const passes = status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
        if (passes && !wasLost) progress.say("the connection is lost: trying again");
        wasLost ||= passes;
        return passes;
      },
      onSuccess: () => resolve(),
      onError: (error) => {
        const body = "originalResponse" in error ? error.originalResponse?.getBody() : undefined;
        reject(new Error(body?.trim() || error.message));
      },
    });
    upload.start();
  });
}
