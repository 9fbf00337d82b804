import { type ComponentProps, type ReactNode, useId } from "react";

interface LabelledProps {
  readonly label: string;
  readonly hint?: string;
}

export function TextField({ label, hint, ...input }: LabelledProps & ComponentProps<"input">) {
  const id = useId();
  return (
    <div className="mt-4">
      <label className="block font-medium" htmlFor={id}>
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      <input id={id} className="field mt-1 w-full" {...(hint ? { "aria-describedby": `${id}-hint` } : {})} {...input} />
    </div>
  );
}

export function SelectField({
  label,
  hint,
  children,
  ...select
}: LabelledProps & ComponentProps<"select"> & { readonly children: ReactNode }) {
  const id = useId();
  return (
    <div className="mt-4">
      <label className="block font-medium" htmlFor={id}>
        {label}
      </label>
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      <select id={id} className="field mt-1 w-full" {...(hint ? { "aria-describedby": `${id}-hint` } : {})} {...select}>
        {children}
      </select>
    </div>
  );
}

export function CheckField({ label, ...input }: LabelledProps & ComponentProps<"input">) {
  return (
    <label className="mt-3 flex items-center gap-2">
      <input type="checkbox" className="size-4 accent-accent" {...input} />
      {label}
    </label>
  );
}
