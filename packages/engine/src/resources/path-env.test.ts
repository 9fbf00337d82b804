import { expect, it } from "vitest";
import { type RecordedFile, recordingHost } from "../hosts/recording.ts";
import { pathEnv } from "./path-env.ts";

const directories = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
const desired = { mode_max: "0755", owner: ["root"] };
const read = (files: Record<string, RecordedFile> = {}, more: string[] = []) =>
  pathEnv.read(
    recordingHost({
      files: { "/etc/passwd": "root:x:0:0::/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/bash\n", ...files },
      directories: [...directories, ...more],
    }),
    { user: "root" },
  );
const path = async (files: Record<string, RecordedFile> = {}, more: string[] = []) =>
  (await read(files, more)).entries.map(({ directory }) => directory).join(":");
const verdict = async (files: Record<string, RecordedFile> = {}, more: string[] = []) =>
  pathEnv.judge(await read(files, more), desired, { user: "root" }).verdict;
const debian = `if [ "$(id -u)" -eq 0 ]; then
  PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
else
  PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
fi
export PATH
`;
const redHat = `pathmunge () {
    case ":\${PATH}:" in
        *:"$1":*)
            ;;
        *)
            if [ "$2" = "after" ] ; then
                PATH=$PATH:$1
            else
                PATH=$1:$PATH
            fi
    esac
}
if [ "$EUID" = "0" ]; then
    pathmunge /usr/sbin
    pathmunge /usr/local/sbin
else
    pathmunge /nowhere after
fi
`;

it("takes root's branch of the distributions' own files", async () => {
  expect(await path()).toBe("/sbin:/bin:/usr/sbin:/usr/bin");
  expect(await path({ "/etc/profile": debian })).toBe("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  expect(await path({ "/etc/profile": redHat })).toBe("/usr/local/sbin:/usr/sbin:/sbin:/bin:/usr/bin");
  expect(await verdict({ "/etc/profile": redHat })).toBe("pass");
});

it("lets later files change it", async () => {
  const files = {
    "/etc/login.defs": "ENV_SUPATH\tPATH=/usr/sbin:/usr/bin\n",
    "/etc/environment": 'PATH="/usr/local/bin"\n',
    "/etc/profile.d/a.sh": "export PATH=$PATH:/opt/a/bin # PATH=.\n",
    "/root/.bash_profile": `PATH="\${PATH}:$HOME/bin"\nMANPATH=/x:.\n`,
    "/root/.profile": "PATH=.\n",
    "/root/.bashrc": "PATH+=:~/late\n",
  };
  expect(await path(files)).toBe("/usr/local/bin:/opt/a/bin:/root/bin:/root/late");
});

it("takes what is added only where a directory exists, and both where nobody knows", async () => {
  const file = { "/root/.profile": 'if [ -d "$HOME/bin" ] ; then\n  PATH="$HOME/bin:$PATH"\nfi\n' };
  expect(await path(file)).not.toContain("/root/bin");
  expect(await path(file, ["/root/bin"])).toContain("/root/bin");
  const unknown = { "/root/.profile": 'if [ -n "$X" ]; then\n  PATH=/a\nelse\n  PATH=/b\nfi\n' };
  expect(await path(unknown)).toBe("/sbin:/bin:/usr/sbin:/usr/bin:/a:/b");
});

it("fails what somebody else could put a program into", async () => {
  expect(await verdict()).toBe("pass");
  expect(await verdict({ "/root/.bashrc": "PATH=$PATH:\n" })).toBe("fail");
  expect(await verdict({ "/root/.bashrc": "PATH=.:$PATH\n" })).toBe("fail");
  expect(await verdict({ "/root/.bashrc": "PATH=$PATH:bin\n" })).toBe("fail");
  expect(await verdict({ "/root/.bashrc": "PATH=$PATH:/missing\n" })).toBe("fail");
  expect(await verdict({ "/root/.bashrc": "PATH=$PATH:/f\n", "/f": "" })).toBe("fail");
  const usrBin = (mode: number, uid = 0) => ({ "/usr/bin": { type: "directory", mode, uid } }) as const;
  expect(await verdict(usrBin(0o775))).toBe("fail");
  expect(await verdict(usrBin(0o755, 1000))).toBe("fail");
  expect(await verdict(usrBin(0o555))).toBe("pass");
});

it("asks a person about what only a shell can work out, unless something is wrong anyway", async () => {
  expect(await verdict({ "/root/.bashrc": "PATH=$PATH:$(tool path)\n" })).toBe("manual");
  expect(await verdict({ "/root/.bashrc": "PATH=$GOPATH/bin:.\n" })).toBe("fail");
});

it("reads /etc/bashrc only where another file does", async () => {
  const files = { "/etc/bashrc": "PATH=$PATH:/missing\n" };
  expect(await verdict({ ...files, "/root/.bashrc": "# . /etc/bashrc\n" })).toBe("pass");
  expect(await verdict({ ...files, "/root/.bashrc": "if [ -f /etc/bashrc ]; then\n . /etc/bashrc\nfi\n" })).toBe(
    "fail",
  );
});
