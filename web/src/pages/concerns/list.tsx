import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api/client";
import { ask } from "../../api/problem";
import type { ConcernStatus } from "../../api/shapes";
import { Link } from "../../app/router";
import { Button, buttonLook } from "../../parts/Button";
import { Select } from "../../parts/Field";
import { Row } from "../../parts/Form";
import { Empty, Loading, Page } from "../../parts/Page";
import { Trouble } from "../../parts/Trouble";
import { common, titles } from "../../words/en";
import { concerns as text, holder } from "../../words/en.holder";
import { CategorySelect } from "./category_select";
import { ConcernList, ConcernRow } from "./summary";

const STATUSES: ConcernStatus[] = ["new", "open", "closed"];

/** Every concern within the grant, the latest received first. */
export default function ListConcerns() {
  const [status, setStatus] = useState("");
  const [category, setCategory] = useState("");
  const concerns = useInfiniteQuery({
    queryKey: ["concerns", "list", status, category],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/v1/concerns", {
          params: {
            query: {
              ...(status ? { status: status as ConcernStatus } : {}),
              ...(category ? { category } : {}),
              after: pageParam,
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const items = concerns.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title={titles.concerns}
      heading={text.heading}
      lead={text.lead}
      width="wide"
      actions={
        <Link className={buttonLook()} href="/record">
          {text.newConcern}
        </Link>
      }
    >
      <Row>
        <Select label={text.status} value={status} onChange={(event) => setStatus(event.target.value)}>
          <option value="">{text.any}</option>
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {holder.status[one]}
            </option>
          ))}
        </Select>
        <CategorySelect value={category} onChange={setCategory} />
      </Row>
      <Trouble error={concerns.error} onRetry={() => void concerns.refetch()} />
      {concerns.isPending && <Loading />}
      {concerns.isSuccess && items.length === 0 && <Empty>{text.none}</Empty>}
      {items.length > 0 && (
        <ConcernList>
          {items.map((concern) => (
            <ConcernRow key={concern.id} concern={concern} />
          ))}
        </ConcernList>
      )}
      {concerns.hasNextPage && (
        <Button busy={concerns.isFetchingNextPage} onClick={() => void concerns.fetchNextPage()}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}
