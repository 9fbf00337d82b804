import { PageHeader } from "../../components/page-header.tsx";
import { Tokens } from "./tokens.tsx";
import { Users } from "./users.tsx";

export function PeoplePage() {
  return (
    <>
      <PageHeader title="People and tokens" />
      <Users />
      <Tokens />
    </>
  );
}
