import { Refused, words } from "./problem";
import { accessToken } from "./session";

/** Fetches a sealed file and hands it to the browser as a download, never as a page. */
export async function download(path: string, name: string): Promise<void> {
  const response = await fetch(path, {
    headers: { Authorization: `Bearer ${accessToken() ?? ""}` },
    credentials: "same-origin",
    cache: "no-store",
  });
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as object;
    throw new Refused(words({ type: "", title: "", ...body, status: response.status }));
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
