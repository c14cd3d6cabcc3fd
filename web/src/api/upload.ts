/** Uploads: `fetch` does not tell how far they have come. */
import { mark } from "./attended";
import { type Refusal, words } from "./problem";
import { accessToken, askAgain, mint } from "./session";

export type UploadAnswer = { ok: true; body: unknown } | { ok: false; refusal: Refusal };

type Upload = {
  path: string;
  file: File;
  fields?: Record<string, string>;
  idempotencyKey?: string;
  onProgress?: (fraction: number) => void;
};

/** Sends one file as multipart, telling how far it has come (which `fetch` cannot). */
export async function upload(request: Upload): Promise<UploadAnswer> {
  const first = await once(request);
  if (first.ok || first.refusal.status !== 401) return first;
  const answer = await mint();
  const mayRepeat = "session" in answer || (answer.refused !== "offline" && (await askAgain()));
  return mayRepeat ? once(request) : first;
}

function once({ path, file, fields, idempotencyKey, onProgress }: Upload): Promise<UploadAnswer> {
  return new Promise((resolve) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields ?? {})) form.append(name, value);
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "text";
    const token = accessToken();
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    if (idempotencyKey) request.setRequestHeader("Idempotency-Key", idempotencyKey);
    mark((name, value) => request.setRequestHeader(name, value));
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total > 0) onProgress?.(event.loaded / event.total);
    });
    const end = () => {
      const body: unknown = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300) return resolve({ ok: true, body });
      const problem = { type: "", title: "", ...(body as object | undefined), status: request.status };
      resolve({ ok: false, refusal: words(problem) });
    };
    for (const outcome of ["load", "error", "timeout", "abort"]) request.addEventListener(outcome, end);
    request.send(form);
  });
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
