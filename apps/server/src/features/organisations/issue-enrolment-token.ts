import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { newToken, tokenHash } from "../../tokens.ts";

export interface EnrolmentTokenTerms {
  readonly uses: number;
  readonly expiresAt: Date;
}

/** Makes a token that lets devices into the context's organisation. It is shown once: we keep its hash. @throws Forbidden */
export async function issueEnrolmentToken(ctx: Ctx, { uses, expiresAt }: EnrolmentTokenTerms): Promise<string> {
  requirePermission(ctx, "orgs:write");
  const token = newToken("hfe");
  await inTransaction(ctx, async (tx) => {
    const { id } = await tx.db
      .insertInto("enrolmentToken")
      .values({ orgId: tx.orgId, tokenHash: tokenHash(token), usesLeft: uses, expiresAt })
      .returning("id")
      .executeTakeFirstOrThrow();
    await audit(tx, {
      action: "enrolment_token.create",
      subject: { type: "enrolment_token", id },
      detail: { uses, expiresAt: expiresAt.toISOString() },
    });
  });
  return token;
}
