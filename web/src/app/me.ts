import { useQuery } from "@tanstack/react-query";
import { api } from "../api/client";
import { ask } from "../api/problem";

/** What waits for whoever is signed in: numbers only, so also while the records are locked. */
export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: () => ask(api.GET("/v1/me")), refetchInterval: 60_000 });
}
