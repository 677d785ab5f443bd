"""The adapter that the kernel sees: bumble's controller, with what 0.0.236 lacks or does otherwise than a real one.

Active and passive scans, scan responses, RSSI and PDU types, LE Create Connection Cancel, peers that never answer.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any

from bumble import core, hci, ll
from bumble.controller import Controller, LegacyAdvertiser
from bumble.link import LocalLink

ADV_IND, ADV_SCAN_IND, ADV_NONCONN_IND, SCAN_RSP = 0, 2, 3, 4  # Core, Vol 4 Part E, 7.7.65.2
LEGACY_ONLY = (
    hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
)


class Packet(ll.AdvInd):  # type: ignore[misc]
    """An advertisement with what bumble's own lacks. `deaf`: nobody answers a connect to it."""

    def __init__(
        self,
        address: Any,
        data: bytes,
        response: bytes = b"",
        kind: int = ADV_IND,
        rssi: int = -50,
        *,
        deaf: bool = False,
    ) -> None:
        super().__init__(advertiser_address=address, data=data)
        self.response, self.kind, self.rssi, self.deaf = response, kind, rssi, deaf


def _advertise(advertiser: Any) -> None:
    if advertiser.enabled:
        rssi = getattr(advertiser.controller, "rssi", -50)
        packet = Packet(advertiser.address, advertiser.advertising_data, advertiser.scan_response_data, rssi=rssi)
        advertiser.controller.send_advertising_pdu(packet)


LegacyAdvertiser.send_advertising_data = _advertise


class HostController(Controller):  # type: ignore[misc]
    """`refuse`: an HCI status that ends each new link 30 ms after it came up."""

    pending_le_connection: Any

    manufacturer_company_identifier = 0xB1EA
    le_acl_data_packet_length = 251
    acl_data_packet_length = 251

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # bumble sends LE Connection Complete also where the kernel waits for the enhanced one (google/bumble#841)
        self.le_features &= ~LEGACY_ONLY
        self.refuse: int | None = None

    def on_advertising_pdu(self, pdu: Any) -> None:
        if not isinstance(pdu, Packet):
            super().on_advertising_pdu(pdu)
            return
        if self.le_scan_enable:
            self._report(pdu.kind, pdu, pdu.data)
            if self.le_scan_type == 1 and pdu.kind in (ADV_IND, ADV_SCAN_IND):
                self._report(SCAN_RSP, pdu, pdu.response)
        wanted: Any = self.pending_le_connection
        if wanted and pdu.kind == ADV_IND and not pdu.deaf and wanted.peer_address == pdu.advertiser_address:
            self.create_le_connection(pdu.advertiser_address)
            link = self.le_connections.get(wanted.peer_address)
            if self.refuse is not None and link:
                # Linux 6.1 takes no notice of an error status in LE Connection Complete itself
                link.send_ll_control_pdu(ll.TerminateInd(self.refuse))
                asyncio.get_running_loop().call_later(0.03, self.on_le_disconnected, link, self.refuse)

    def on_hci_le_create_connection_cancel_command(self, _command: Any) -> Any:
        wanted: Any = self.pending_le_connection
        self.pending_le_connection = None
        if not wanted:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(self._never_came, wanted)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_reset_command(self, command: Any) -> Any:
        self.leave()
        return super().on_hci_reset_command(command)

    def leave(self) -> None:
        """Everything that goes on ends, for the peers too."""
        self.pending_le_connection = None
        self.le_scan_enable = False
        for link in list(self.le_connections.values()):
            link.send_ll_control_pdu(ll.TerminateInd(hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR))
        self.le_connections.clear()

    def lose(self, address: Any) -> None:
        """The peer is out of reach: the links to it end by supervision timeout."""
        for link in list(self.le_connections.values()):
            if link.peer_address == address:
                self.on_le_disconnected(link, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def _never_came(self, wanted: Any) -> None:
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=0,
                peer_address_type=wanted.peer_address.address_type,
                peer_address=wanted.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )

    def _report(self, kind: int, pdu: Packet, data: bytes) -> None:
        address = pdu.advertiser_address
        head = bytes([2, 1, kind, address.address_type]) + bytes(address) + bytes([len(data)])
        body = head + data + struct.pack("b", pdu.rssi)
        if self.host:
            self.host.on_packet(bytes([4, 0x3E, len(body)]) + body)


class Ether(LocalLink):  # type: ignore[misc]
    """bumble 0.0.236 sends ACL data from a random address even where the link was made from the public one."""

    def send_acl_data(self, sender: Any, destination: Any, transport: Any, data: bytes) -> None:
        link = sender.le_connections.get(destination)
        if transport != core.PhysicalTransport.LE or not link:
            super().send_acl_data(sender, destination, transport, data)
        elif receiver := self.find_le_controller(destination):
            asyncio.get_running_loop().call_soon(receiver.on_link_acl_data, link.self_address, transport, data)
