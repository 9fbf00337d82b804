import type { Device, DeviceFindings } from "@holdfast/contracts/own-api";

/** The few questions `up` asks its own server, with the first run's API token. */
export interface ApiClient {
  listDevices(): Promise<readonly Device[]>;
  findDevice(id: string): Promise<Device | null>;
  getFindings(deviceId: string): Promise<DeviceFindings>;
  startScan(deviceId: string, policyId: string): Promise<void>;
  listPolicyIds(): Promise<readonly string[]>;
}

export class ApiRequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiRequestError";
    this.status = status;
  }
}

export function apiClient(url: string, apiToken: string): ApiClient {
  // Our own server, in this process, answers with its own response schemas: the types hold by construction.
  async function request<T>(method: string, path: string): Promise<T> {
    const response = await fetch(`${url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${apiToken}` } });
    const body: unknown = await response.json();
    if (!response.ok)
      throw new ApiRequestError(response.status, `${method} ${path}: ${response.status} ${JSON.stringify(body)}`);
    return body as T;
  }
  return {
    listDevices: async () => (await request<{ items: Device[] }>("GET", "/devices?limit=500")).items,
    async findDevice(id) {
      try {
        return await request<Device>("GET", `/devices/${id}`);
      } catch (error) {
        if (error instanceof ApiRequestError && error.status === 404) return null;
        throw error;
      }
    },
    getFindings: (deviceId) => request<DeviceFindings>("GET", `/devices/${deviceId}/findings`),
    startScan: async (deviceId, policyId) => {
      await request("POST", `/compliance/scan/agent/${deviceId}?policy_id=${policyId}`);
    },
    listPolicyIds: async () =>
      (await request<{ items: { id: string }[] }>("GET", "/compliance/policies?enabled=true")).items.map(
        ({ id }) => id,
      ),
  };
}
