import type { IssuedEnrolmentToken } from "@holdfast/contracts/administration";
import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { newToken, tokenHash } from "../../tokens.ts";
import { presentEnrolmentToken } from "./present.ts";
import { insertEnrolmentToken } from "./queries.ts";

export interface EnrolmentTokenTerms {
  readonly uses: number;
  readonly expiresAt: Date;
}

/** Makes a token that lets devices into the context's organisation. It is shown once: we keep its hash. @throws Forbidden */
export async function issueEnrolmentToken(ctx: Ctx, terms: EnrolmentTokenTerms): Promise<string> {
  return (await createEnrolmentToken(ctx, terms)).token;
}

/** The same, with what a list shows of it. @throws Forbidden */
export async function createEnrolmentToken(ctx: Ctx, terms: EnrolmentTokenTerms): Promise<IssuedEnrolmentToken> {
  requirePermission(ctx, "orgs:write");
  const token = newToken("hfe");
  return inTransaction(ctx, async (tx) => {
    const row = await insertEnrolmentToken(tx, { ...terms, tokenHash: tokenHash(token) });
    const { uses, expiresAt } = terms;
    await audit(tx, {
      action: "enrolment_token.create",
      subject: { type: "enrolment_token", id: row.id },
      after: { uses, expiresAt },
    });
    return { ...presentEnrolmentToken(row), token };
  });
}
