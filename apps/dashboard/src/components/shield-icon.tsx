import shield from "../shield.svg";

export function ShieldIcon() {
  return <img src={shield} alt="" width={26} height={26} />;
}
